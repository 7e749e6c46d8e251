import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { migrationFaults, statements } from "./migration-lint.ts";

const NAME = "20260101000000_some_words";
const ADDITIVE = "-- compat: additive\n";

test.each([
  ["COMMIT;"],
  ["SELECT 1; commit;"],
  ["/* a /* nested */ comment */ ROLLBACK"],
  ["BEGIN; SELECT 1"],
  ["START   TRANSACTION"],
  ["SELECT 'it''s'; END"],
  ["SELECT E'it\\'s'; END;"],
  ["SELECT $a$ ' $a$; ABORT"],
  ["CREATE INDEX CONCURRENTLY i ON t (c)"],
  ["DROP INDEX CONCURRENTLY i"],
  ["VACUUM"],
  ["ALTER SYSTEM SET fsync = off"],
  ["GRANT ALL ON t TO somebody"],
  ["SET LOCAL ROLE postgres"],
  ["\\i other.sql"],
  ["COPY t FROM STDIN"],
])("`%s` is refused", (sql) => {
  expect(migrationFaults(NAME, ADDITIVE + sql)).toHaveLength(1);
});

test.each([
  ["CREATE TABLE t (c text DEFAULT 'COMMIT; ROLLBACK')"],
  ["-- COMMIT;\nSELECT 1"],
  ["DO $$ BEGIN UPDATE t SET c = 1; END $$"],
  ["CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN RETURN NEW; END; $body$"],
  ['ALTER TABLE t ADD COLUMN "COMMIT;" int'],
  ["UPDATE t SET price = 1 - 2 / 3"],
])("`%s` is fine", (sql) => {
  expect(migrationFaults(NAME, ADDITIVE + sql)).toEqual([]);
});

test.each([
  ["20260101_short", ADDITIVE],
  ["20260101000000_Upper", ADDITIVE],
  [NAME, "SELECT 1"],
  [NAME, "\n-- compat: additive"],
  [NAME, "-- compat: maybe\n"],
])("the name %s with the text %j is faulty", (name, sql) => {
  expect(migrationFaults(name, sql)).toHaveLength(1);
});

test("statements end at their semicolons only", () => {
  expect(statements("SELECT ';' ; SELECT $$;$$; -- ;\n SELECT \"a;b\"")).toEqual(["SELECT ''", "SELECT ''", 'SELECT "a;b"']);
});

describe("the repo's own migrations", () => {
  const root = join(import.meta.dirname, "../../../prisma/migrations");
  const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  test.each(names.map((entry) => entry.name))("%s may be applied", (name) => {
    expect(migrationFaults(name, readFileSync(join(root, name, "migration.sql"), "utf8"))).toEqual([]);
  });
});
