import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import type { RoleNames } from "./connect.ts";
import { isOwnersOnly } from "./rules/protected.ts";
import { listTables } from "./tables.ts";

/**
 * What is wrong inside of a migrated copy, in words: constraints and indexes that do not hold, tables that the roles may not use or may use too
 * much, and a write as the app's role into every table, rolled back. Empty when all is well. Leaves nothing behind.
 */
export async function findDefects(client: Client, roles: RoleNames): Promise<string[]> {
  const invalid = await client.query<{ defect: string }>(INVALID);
  const rights = await client.query<{ defect: string }>(RIGHTS, [roles.owner, roles.app, roles.writer]);
  return [
    ...invalid.rows.map(({ defect }) => defect),
    ...rights.rows.map(({ defect }) => defect),
    ...(await tryWrites(client, roles)),
  ];
}

const INVALID = `
  SELECT format('the constraint %s of %s is not valid', conname, conrelid::regclass) AS defect FROM pg_constraint WHERE NOT convalidated
  UNION ALL
  SELECT format('the index %s is not valid', indexrelid::regclass) FROM pg_index WHERE NOT (indisvalid AND indisready)
  ORDER BY 1`;

const RIGHTS = `
  WITH tables AS (
    SELECT c.oid, c.relname AS name, c.relowner, c.relname = '_prisma_migrations' OR c.relname LIKE 'system\\_%' AS owners_only
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')),
  -- Materialized: the functions below refuse what is not a sequence.
  sequences AS MATERIALIZED (
    SELECT c.oid, c.relname AS name, c.relowner FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'),
  owned AS (SELECT oid, name, relowner FROM tables UNION ALL SELECT oid, name, relowner FROM sequences),
  direct AS (
    SELECT DISTINCT o.name FROM owned o, pg_class c, aclexplode(c.relacl) a
     WHERE c.oid = o.oid AND a.grantee IN (0, $2::regrole) AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'USAGE'))
  SELECT format('%s belongs to %s', name, relowner::regrole) AS defect FROM owned WHERE relowner <> $1::regrole
  UNION ALL SELECT format('the app may not read %s', name) FROM tables WHERE NOT has_table_privilege($2::name, oid, 'SELECT')
  UNION ALL SELECT format('the app may write %s past the fence', name) FROM direct
  UNION ALL SELECT format('%s cannot be written', name) FROM tables WHERE NOT owners_only
    AND NOT (has_table_privilege($3::name, oid, 'INSERT') AND has_table_privilege($3::name, oid, 'UPDATE') AND has_table_privilege($3::name, oid, 'DELETE'))
  UNION ALL SELECT format('%s can be written by the app', name) FROM tables WHERE owners_only AND has_table_privilege($3::name, oid, 'INSERT, UPDATE, DELETE')
  UNION ALL SELECT format('the numbers of %s cannot be drawn', name) FROM sequences WHERE NOT has_sequence_privilege($3::name, oid, 'USAGE')
  ORDER BY 1`;

/**
 * Writes one row of every table back as it is, as the app's role. The fence is closed for everybody; only inside of this transaction, which
 * is rolled back, is the app a member of the writer's role.
 */
async function tryWrites(client: Client, { app, writer }: RoleNames): Promise<string[]> {
  const tables = (await listTables(client)).filter(({ name }) => !isOwnersOnly(name));
  const defects: string[] = [];
  await client.query("BEGIN");
  try {
    await client.query(`GRANT ${id(writer)} TO ${id(app)}; SET LOCAL ROLE ${id(app)}`);
    for (const { name, columns } of tables) {
      const column = columns.find(({ generated }) => !generated);
      if (column === undefined) continue;
      const [table, value] = [`public.${id(name)}`, id(column.name)];
      await client.query("SAVEPOINT one");
      try {
        await client.query(`UPDATE ${table} SET ${value} = ${value} WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1)`);
      } catch (error) {
        defects.push(`a write into ${name} fails: ${error instanceof Error ? error.message : String(error)}`);
        await client.query("ROLLBACK TO SAVEPOINT one");
      }
    }
  } finally {
    await client.query("ROLLBACK").catch(() => undefined);
  }
  return defects;
}
