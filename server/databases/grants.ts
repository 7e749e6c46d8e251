import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import type { RoleNames } from "./connect.ts";
import { isOwnersOnly } from "./rules/protected.ts";

/** Functions by which any session could write large objects, past the fence: nobody but the owner may call them. */
const LARGE_OBJECT_WRITERS = /^lo(_creat|_create|_from_bytea|_put|_unlink|_open|_import|_truncate|_truncate64|write)$/;

/**
 * What every table and sequence grants to the roles: reading to the app, writing to the writer's role, and nothing of the owner's own tables
 * to the writer. Also for tables that later migrations add. Idempotent; run by the owner (or a superuser) inside of the database.
 */
export async function grantTables(client: Client, { owner, app, writer }: RoleNames): Promise<void> {
  const [ownerId, appId, writerId] = [owner, app, writer].map((name) => id(name));
  const defaults = `ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerId} IN SCHEMA public`;
  await client.query(`
    GRANT USAGE ON SCHEMA public TO ${appId}, ${writerId};
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${appId};
    GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${appId};
    GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${writerId};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${writerId};
    ${defaults} GRANT SELECT ON TABLES TO ${appId};
    ${defaults} GRANT SELECT ON SEQUENCES TO ${appId};
    ${defaults} GRANT INSERT, UPDATE, DELETE ON TABLES TO ${writerId};
    ${defaults} GRANT USAGE ON SEQUENCES TO ${writerId};
  `);
  const { rows } = await client.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'");
  for (const { name } of rows.filter((row) => isOwnersOnly(row.name))) {
    await client.query(`REVOKE INSERT, UPDATE, DELETE ON ${id(name)} FROM ${writerId}`);
  }
}

/** Closes the database to everybody but our roles, and large objects to everybody but the owner. Needs a superuser. */
export async function closeDatabase(client: Client, database: string, { owner, app }: RoleNames): Promise<void> {
  await client.query(`
    REVOKE ALL ON DATABASE ${id(database)} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${id(database)} TO ${id(app)};
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  `);
  const { rows } = await client.query<{ signature: string; name: string }>(
    `SELECT p.oid::regprocedure::text AS signature, p.proname AS name
       FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname LIKE 'lo%'`,
  );
  for (const { signature } of rows.filter((row) => LARGE_OBJECT_WRITERS.test(row.name))) {
    await client.query(
      `REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC; GRANT EXECUTE ON FUNCTION ${signature} TO ${id(owner)}`,
    );
  }
}
