import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import type { Client } from "pg";
import { escapeIdentifier as id, escapeLiteral as literal } from "pg";
import type { Login, RoleNames } from "./connect.ts";
import { inTransaction, MAINTENANCE_DATABASE, withConnection } from "./connect.ts";
import type { Owner } from "./owner.ts";

/*
 * The loader: the role that fills a new database with a dump. What is in a dump runs as whoever restores it, and one that was made by somebody else may
 * hold anything. So the loader is nothing but a login: it owns what it makes, may enter the one database that it is let into, and is a member of
 * nothing. The owner's role is a member of it, to take over what it made.
 *
 * It has no password that lies anywhere. As a member the owner gives it a new one for each restore, and takes it away afterwards.
 */

/** What makes the loader a role that may do nothing by itself. */
const ATTRIBUTES = "LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

/** Makes the role, or takes from one that is there what it should not have. Needs a superuser. */
export async function makeLoader(client: Client, { loader, owner }: RoleNames): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [loader]);
  await client.query(`${rowCount === 0 ? "CREATE" : "ALTER"} ROLE ${id(loader)} ${ATTRIBUTES}`);
  await client.query(`GRANT ${id(loader)} TO ${id(owner)}`);
}

/** The same for an installation that was made before there was such a role. */
export async function provisionLoader(superuser: Login, roles: RoleNames): Promise<void> {
  const beside = { database: MAINTENANCE_DATABASE, applicationName: "filaops-provision" };
  await withConnection(superuser, beside, (client) => inTransaction(client, () => makeLoader(client, roles)));
}

type Standing = { plain: boolean; ours: boolean; entersLive: boolean; more: string[] };

/** What a superuser must run before anything can be restored as the loader; `null` when it is as it should be. */
export async function loaderRemedy({ roles, live }: Pick<Owner, "roles" | "live">, client: Client): Promise<string | null> {
  const { rows } = await client.query<Standing>(
    `SELECT rolcanlogin AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) AS plain,
            pg_has_role(oid, 'USAGE') AS ours, has_database_privilege(oid, $2, 'CONNECT') AS "entersLive",
            ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1) AS more
       FROM pg_roles r WHERE rolname = $1`,
    [roles.loader, live],
  );
  const [loader, owner, row] = [id(roles.loader), id(roles.owner), rows[0]];
  if (row === undefined) return `CREATE ROLE ${loader} ${ATTRIBUTES}; GRANT ${loader} TO ${owner}`;
  const remedies = [
    ...(row.plain ? [] : [`ALTER ROLE ${loader} ${ATTRIBUTES}`]),
    ...(row.ours ? [] : [`GRANT ${loader} TO ${owner}`]),
    ...row.more.map((role) => `REVOKE ${id(role)} FROM ${loader}`),
    ...(row.entersLive ? [`REVOKE CONNECT ON DATABASE ${id(live)} FROM PUBLIC, ${loader}`] : []),
  ];
  return remedies.length === 0 ? null : remedies.join("; ");
}

/** Gives the loader a password that nobody else knows, for one restore, and takes back every setting that an earlier dump may have left it. */
export async function renewLoader(client: Client, loader: string): Promise<string> {
  const password = randomBytes(24).toString("base64url");
  await setPassword(client, loader, literal(scramVerifier(password)));
  return password;
}

/** Nobody can log in as the loader any more by a password, also when what was restored had given it one. */
export async function lockLoader(client: Client, loader: string): Promise<void> {
  await setPassword(client, loader, "NULL");
}

/** A role may set its own password and its own settings; its members by becoming it. */
async function setPassword(client: Client, loader: string, password: string): Promise<void> {
  const { rows } = await client.query<{ database: string | null }>(
    `SELECT d.datname AS database FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase
      WHERE s.setrole = (SELECT oid FROM pg_roles WHERE rolname = $1)`,
    [loader],
  );
  await inTransaction(client, async () => {
    await client.query(`SET LOCAL ROLE ${id(loader)}`);
    await client.query(`ALTER ROLE ${id(loader)} PASSWORD ${password}`);
    for (const { database } of rows) {
      await client.query(`ALTER ROLE ${id(loader)} ${database === null ? "" : `IN DATABASE ${id(database)}`} RESET ALL`);
    }
  });
}

const ITERATIONS = 4096;

/** A password as PostgreSQL keeps it (RFC 5803), so that the password itself is in no statement, and so in no log of the server's. */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const keyed = (words: string) => createHmac("sha256", salted).update(words).digest();
  const stored = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${stored}:${keyed("Server Key").toString("base64")}`;
}
