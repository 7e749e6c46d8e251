import type { Client } from "pg";
import { escapeIdentifier as id, escapeLiteral as literal } from "pg";
import type { Login, RoleNames } from "./connect.ts";
import { inTransaction, isSqlState, MAINTENANCE_DATABASE, withConnection } from "./connect.ts";
import { closeDatabase, grantTables } from "./grants.ts";
import { databaseSettings } from "./inspect.ts";
import { makeLoader } from "./loader-role.ts";

export type Provisioning = {
  /** The live database's name. */
  database: string;
  roles: RoleNames;
  ownerPassword: string;
  appPassword: string;
};

/**
 * Makes the roles and an empty live database, or brings those there are to what this version wants; run by a superuser, as often as one
 * likes. Passwords are set to the given ones. A fence that is closed stays closed. The owner gets no power over anything but his own:
 * no superuser, no role making; he may make databases (copies), end the app's sessions and move the fence. The loader gets nothing at all.
 */
export async function provision(superuser: Login, wanted: Provisioning): Promise<void> {
  const applicationName = "filaops-provision";
  const { database, roles } = wanted;
  await withConnection(superuser, { database: MAINTENANCE_DATABASE, applicationName }, async (client) => {
    const isNew = await inTransaction(client, () => makeRoles(client, wanted));
    if (isNew) await openFenceAs(client, roles);
    try {
      await client.query(
        `CREATE DATABASE ${id(database)} OWNER ${id(roles.owner)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`,
      );
    } catch (error) {
      if (!isSqlState(error, "42P04")) throw error;
      await client.query(`ALTER DATABASE ${id(database)} OWNER TO ${id(roles.owner)}`);
    }
  });
  await closeAndGrant(superuser, database, roles);
  await makeBlank(superuser, wanted);
}

async function closeAndGrant(superuser: Login, database: string, roles: RoleNames): Promise<void> {
  await withConnection(superuser, { database, applicationName: "filaops-provision" }, (client) =>
    inTransaction(client, async () => {
      await closeDatabase(client, database, roles);
      await client.query(`GRANT CREATE, USAGE ON SCHEMA public TO ${id(roles.owner)}`);
      await grantTables(client, roles);
    }),
  );
}

/** What the empty database is called that others are made of (`blankOf`). */
export function blankOf(live: string): string {
  return `${live}_blank`;
}

/**
 * An empty database that is closed as the live one is: what only a superuser can take away (large objects could be written past the fence) the owner
 * could not take away from one that is made for a restore. Made of the same kind as the live one; nobody connects to it.
 */
async function makeBlank(superuser: Login, { database, roles }: Provisioning): Promise<void> {
  const blank = blankOf(database);
  const beside = { database: MAINTENANCE_DATABASE, applicationName: "filaops-provision" };
  await withConnection(superuser, beside, async (client) => {
    const { encoding, collate, ctype } = await databaseSettings(client, database);
    const kind = `ENCODING ${literal(encoding)} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}`;
    try {
      await client.query(`CREATE DATABASE ${id(blank)} OWNER ${id(roles.owner)} TEMPLATE template0 ${kind}`);
    } catch (error) {
      if (!isSqlState(error, "42P04")) throw error;
      await client.query(`ALTER DATABASE ${id(blank)} WITH ALLOW_CONNECTIONS true`);
    }
  });
  await closeAndGrant(superuser, blank, roles);
  await withConnection(superuser, beside, (client) => client.query(`ALTER DATABASE ${id(blank)} WITH ALLOW_CONNECTIONS false`));
}

/** Says whether the writer's role was made now, that is, whether nobody has ever moved the fence. */
async function makeRoles(client: Client, { roles, ownerPassword, appPassword }: Provisioning): Promise<boolean> {
  const { owner, app, writer } = roles;
  // Passwords reach the server's log only if it logs every statement; the log is switched off for this transaction.
  await client.query(
    "SET LOCAL log_statement = 'none'; SET LOCAL log_min_duration_statement = -1; SET LOCAL log_min_error_statement = panic",
  );
  await makeRole(
    client,
    owner,
    `LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${literal(ownerPassword)}`,
  );
  await makeRole(
    client,
    app,
    `LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${literal(appPassword)}`,
  );
  const isNew = await makeRole(client, writer, "NOLOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS");
  await client.query(`GRANT ${id(app)} TO ${id(owner)}; GRANT ${id(writer)} TO ${id(owner)} WITH ADMIN OPTION`);
  // To look whether the disk of the server's data has room for a copy, it must be known where that is.
  await client.query(`GRANT pg_read_all_settings TO ${id(owner)}`);
  const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = 'pg_checkpoint'");
  if (rowCount === 1) await client.query(`GRANT pg_checkpoint TO ${id(owner)}`);
  await makeLoader(client, roles);
  return isNew;
}

async function makeRole(client: Client, name: string, attributes: string): Promise<boolean> {
  const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
  await client.query(`${rowCount === 0 ? "CREATE" : "ALTER"} ROLE ${id(name)} ${attributes}`);
  return rowCount === 0;
}

/** By the owner himself: from PostgreSQL 16 on, only who granted a membership can revoke it. */
async function openFenceAs(client: Client, { owner, app, writer }: RoleNames): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`SET LOCAL ROLE ${id(owner)}`);
    await client.query(`GRANT ${id(writer)} TO ${id(app)}`);
  });
}
