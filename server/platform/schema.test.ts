import { readdir, readFile } from "node:fs/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { SchemaEngine } from "@prisma/schema-engine-wasm";
import { Client, Pool } from "pg";
import type { QueryConfig } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

const MIGRATIONS = new URL("../../prisma/migrations/", import.meta.url);
const SCHEMA = new URL("../../prisma/schema.prisma", import.meta.url);
const DATABASE = "filaops_schema_test";

const { host, port, superuser, password } = inject("postgres");
const server = { host, port, user: superuser, password };

/** Prisma's engine knows no check constraints, and with this adapter it stumbles over any that it finds. */
const DROP_CHECKS = `DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT conrelid::regclass AS "table", conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c."table", c.conname); END LOOP;
END $$`;

beforeAll(async () => {
  await asSuperuser("postgres", async (client) => client.query(`CREATE DATABASE ${DATABASE}`));
  await asSuperuser(DATABASE, async (client) => {
    for (const folder of await migrationFolders()) await client.query(await migrationText(folder));
    await client.query(DROP_CHECKS);
  });
});

afterAll(() => asSuperuser("postgres", async (client) => client.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`)));

test("the migrations make exactly what schema.prisma describes", async () => {
  expect(await differences(await readFile(SCHEMA, "utf8"))).toBe("-- This is an empty migration.\n");
});

test("a field that no migration makes is noticed", async () => {
  const schema = (await readFile(SCHEMA, "utf8")).replace("model Setting {", "model Setting {\n  forgotten Int");
  expect(await differences(schema)).toContain('ADD COLUMN     "forgotten"');
});

test("each migration says on its first line whether old code can work on its schema", async () => {
  const folders = await migrationFolders();
  expect(folders.length).toBeGreaterThan(0);
  for (const folder of folders) {
    expect(folder).toMatch(/^\d{14}_[a-z0-9_]+$/);
    expect(await migrationText(folder)).toMatch(/^-- compat: (additive|breaking)\n/);
  }
});

/** The adapter refuses PostgreSQL's internal type `"char"`, which the engine reads from the catalogs: handed on as `text`. */
class CatalogPool extends Pool {
  override query = (async (config: QueryConfig) => {
    const result = await super.query(config);
    for (const field of result.fields) if (field.dataTypeID === 18) field.dataTypeID = 25;
    return result;
  }) as Pool["query"];
}

/** The SQL that would lead from the migrated database to the schema; Prisma's own engine says it. */
async function differences(schema: string): Promise<string | null> {
  const adapter = bindMigrationAwareSqlAdapterFactory(
    new PrismaPg(new CatalogPool({ ...server, database: DATABASE }), { disposeExternalPool: true }),
  );
  const engine = await SchemaEngine.new({ datamodels: [["schema.prisma", schema]] }, () => undefined, adapter);
  try {
    const { stdout } = await engine.diff({
      from: { tag: "schemaDatasource", files: [{ path: "schema.prisma", content: schema }], configDir: "." },
      to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content: schema }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout;
  } finally {
    engine.free();
  }
}

async function migrationFolders(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function migrationText(folder: string): Promise<string> {
  return readFile(new URL(`${folder}/migration.sql`, MIGRATIONS), "utf8");
}

async function asSuperuser<T>(database: string, act: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...server, database });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}
