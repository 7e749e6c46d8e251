import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { systemClock } from "../platform/clock.ts";
import { remove } from "../platform/files.ts";
import { homePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { run } from "../platform/process.ts";
import { createBackups } from "./backups.ts";

/** Of everything that an ERP's database may hold (large objects aside), made as the owner, who is no superuser. */
const EVERYTHING = `
CREATE SCHEMA "Odd ""Schema""";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine"');
CREATE DOMAIN sku AS text CHECK (VALUE ~ '^[A-Z]{2}-\\d+$');
CREATE TYPE span AS (low int, high int);
CREATE SEQUENCE numbers START 40 INCREMENT 3 MAXVALUE 100000 CYCLE;
SELECT nextval('numbers');
CREATE TABLE parts (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 7) PRIMARY KEY,
  code sku UNIQUE, name text COLLATE "C" NOT NULL DEFAULT 'a''b', feeling mood, pair span,
  price numeric(38, 10), wide numeric, doubled numeric GENERATED ALWAYS AS (price * 2) STORED,
  tags text[], grid int[][], stay tstzrange, days daterange, doc jsonb, raw bytea, at timestamptz, on_day date, span interval,
  real8 float8, net inet, note text, CHECK (price >= 0 OR price IS NULL)
);
COMMENT ON TABLE parts IS 'What we print; "quoted" & it''s $$ fine $$';
COMMENT ON COLUMN parts.code IS E'line one\\nline two';
INSERT INTO parts (code, name, feeling, pair, price, wide, tags, grid, stay, days, doc, raw, at, on_day, span, real8, net, note) VALUES
  ('AB-1', E'tab\\there\\\\N', 'it''s "fine"', '(1,2)', 1234567890123456789012345678.0123456789, 1e-900::numeric, '{a,"b,c",NULL}',
   '{{1,2},{3,4}}', '[2026-01-01,infinity)', 'empty', '{"a": [1, null, "\\u00e4"], "n": 1e400}', '\\x00ff5c', 'infinity', '-infinity', '-1 mon +3 days', 'NaN', '10.0.0.1/8', repeat('x', 10000)),
  (NULL, '', NULL, NULL, NULL, 'NaN', '{}', NULL, NULL, NULL, 'null', '', '-infinity', '4713-01-01 BC', '0', '-Infinity', NULL, E'\\r\\n\\b\\f'),
  ('ZZ-9', 'emoji 🖨 and rtl שלום', 'sad', NULL, 0.0000000001, 'Infinity', NULL, NULL, '(,)', NULL, '"text"', NULL, '2026-03-29 01:30:00.123456+00', NULL, NULL, 5e-324, NULL, E'\\\\.');
CREATE INDEX parts_lower ON parts (lower(name)) WHERE feeling IS NOT NULL;
CREATE INDEX parts_doc ON parts USING gin (doc);
CREATE TABLE stays (part bigint REFERENCES parts ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, during daterange,
  EXCLUDE USING gist (during WITH &&));
INSERT INTO stays SELECT id, daterange('2026-01-01'::date + id::int, '2026-01-02'::date + id::int) FROM parts;
CREATE TABLE "Odd ""Schema"""."select" ("from" int PRIMARY KEY, "Größe" text, "a""b" text) WITH (fillfactor = 70);
INSERT INTO "Odd ""Schema"""."select" SELECT n, 'g' || n, '"' FROM generate_series(1, 1000) n;
CREATE TABLE log (at timestamptz NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE log_rest PARTITION OF log DEFAULT;
INSERT INTO log VALUES ('2025-05-05', 'old'), ('2026-05-05', 'new');
CREATE FUNCTION twice(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $body$ SELECT $1 * 2 -- '$$' "quoted" $body$;
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := 'touched $1'; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON parts FOR EACH ROW WHEN (OLD.note IS DISTINCT FROM NEW.note) EXECUTE FUNCTION touched();
ALTER TABLE parts DISABLE TRIGGER touch;
CREATE VIEW cheap WITH (security_barrier) AS SELECT code, twice(price) AS double FROM parts WHERE price < 10 WITH LOCAL CHECK OPTION;
CREATE MATERIALIZED VIEW counted AS SELECT feeling, count(*) AS n FROM parts GROUP BY feeling;
CREATE UNIQUE INDEX counted_by ON counted (feeling);
CREATE MATERIALIZED VIEW never_filled AS SELECT 1 AS one WITH NO DATA;
CREATE RULE no_delete AS ON DELETE TO stays DO INSTEAD NOTHING;
CREATE STATISTICS parts_stats (dependencies) ON feeling, code FROM parts;
ALTER TABLE parts ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_good ON parts FOR SELECT USING (feeling <> 'sad');
CREATE AGGREGATE joined (text) (SFUNC = textcat, STYPE = text, INITCOND = '');
CREATE UNLOGGED TABLE scratch AS SELECT 1 AS n;
`;

let db: TestDatabase;
let home: string;
beforeAll(async () => {
  db = await createTestDatabase({ sql: EVERYTHING });
  home = await mkdtemp(join(tmpdir(), "filaops-fidelity-"));
});
afterAll(async () => {
  await remove(home);
  await db.close();
});

test("what is restored is what was backed up, to the last byte of a plain dump, and its indexes are sound", async () => {
  const { binaries, host, port } = inject("postgres");
  const deps = {
    paths: homePaths(home),
    binaries,
    login: db.logins.owner,
    database: db.name,
    instanceKey: "key",
    applicationName: "filaops-test-fidelity",
    clock: systemClock,
  };
  const [backups, databases] = [createBackups(deps), db.databases()];
  const { id } = await backups.create({ id: newUlid(systemClock), kind: "manual", run: null, version: "1.0.0", note: "" }, {});
  await backups.verify(id);
  const restored = `${db.name}_restored`;
  await databases.create(restored, await databases.settings(db.name));
  // Everything that it holds is strange in a database of ours; so it is not foreign here.
  await databases.fill({ name: restored, foreign: false }, (login) => backups.load({ id, database: restored, login }));
  // It was restored as the loader, of whom nothing is left in it.
  expect(await databases.loaderRemedy()).toBeNull();
  const loaders = `SELECT FROM pg_shdepend d JOIN pg_database ON pg_database.oid = dbid
    WHERE refobjid = '${db.roles.loader}'::regrole AND datname = current_database()`;
  expect(await db.query("superuser", loaders, restored)).toEqual([]);
  await databases.applyGrants(restored);

  const { user, password } = db.logins.owner;
  const plain = async (database: string) => {
    const words = ["--host", host, "--port", String(port), "--username", user, "--no-password", "--dbname", database];
    const { stdout } = await run(join(binaries, "pg_dump"), [...words, "--format=plain"], { env: { PGPASSWORD: password } });
    // Newer versions close the dump with a random word, so that what is in it cannot speak to psql.
    return stdout.replaceAll(/^\\(un)?restrict .*$/gm, "");
  };
  const before = await plain(db.name);
  expect(before).toContain("CREATE POLICY only_good");
  expect(before.split("\n").length).toBeGreaterThan(1400);
  expect(await plain(restored)).toBe(before);
  // Nobody can write past the fence there either.
  await expect(db.query("app", "SELECT lo_create(0)", restored)).rejects.toThrow(/permission denied/);
  expect(await databases.defects(restored, await databases.settings(db.name))).toEqual([]);
  expect(await databases.dataHash(restored)).toBe(await databases.dataHash(db.name));
  expect(await databases.books(restored)).toEqual(await databases.books(db.name));

  const { superuser, password: secret } = inject("postgres");
  const asSuperuser = ["--host", host, "--port", String(port), "--username", superuser, "--no-password"];
  const checked = [...asSuperuser, "--install-missing", "--heapallindexed", "--parent-check", "--database", restored];
  await run(join(binaries, "pg_amcheck"), checked, { env: { PGPASSWORD: secret } });
});
