import type { Client } from "pg";
import { escapeIdentifier as id, escapeLiteral as literal } from "pg";
import { inTransaction } from "./connect.ts";
import type { DatabaseSettings } from "./contract.ts";

/**
 * Gives a database the settings, grants and comment of the snapshot, all or none: for a copy or a restored database, which come without them.
 * The connection limit is given when the database is made.
 */
export async function applySettings(client: Client, name: string, wanted: DatabaseSettings): Promise<void> {
  for (const { role, config } of wanted.settings) {
    for (const entry of config) await applySetting(client, { database: name, role, entry });
  }
  await inTransaction(client, async () => {
    if (wanted.grants.length > 0) await applyGrantsOfDatabase(client, name, wanted.grants);
    if (wanted.comment !== null) await client.query(`COMMENT ON DATABASE ${id(name)} IS ${literal(wanted.comment)}`);
  });
}

/**
 * One `name=value` as PostgreSQL keeps it. Lists (search_path) are kept in a form that cannot be written back as one literal; so the value is
 * set for this transaction and taken from there.
 */
async function applySetting(client: Client, setting: { database: string; role: string; entry: string }): Promise<void> {
  const { database, role, entry } = setting;
  const at = entry.indexOf("=");
  const [name, value] = [entry.slice(0, at), entry.slice(at + 1)];
  const parameter = name
    .split(".")
    .map((part) => id(part))
    .join(".");
  await inTransaction(client, async () => {
    // Without CREATEROLE one may set defaults for oneself only, so we become the role, which the owner is a member of.
    if (role !== "") await client.query(`SET LOCAL ROLE ${id(role)}`);
    await client.query("SELECT set_config($1, $2, true)", [name, value]);
    const whose = role === "" ? `DATABASE ${id(database)}` : `ROLE ${id(role)} IN DATABASE ${id(database)}`;
    await client.query(`ALTER ${whose} SET ${parameter} FROM CURRENT`);
  });
}

async function applyGrantsOfDatabase(client: Client, name: string, grants: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ grantee: string | null; privilege: string; grantable: boolean }>(
    `SELECT CASE WHEN grantee <> 0 THEN pg_get_userbyid(grantee) END AS grantee, privilege_type AS privilege, is_grantable AS grantable
       FROM aclexplode($1::aclitem[])`,
    [grants],
  );
  await client.query(`REVOKE ALL ON DATABASE ${id(name)} FROM PUBLIC`);
  for (const { grantee, privilege, grantable } of rows) {
    const whom = grantee === null ? "PUBLIC" : id(grantee);
    await client.query(`GRANT ${privilege} ON DATABASE ${id(name)} TO ${whom}${grantable ? " WITH GRANT OPTION" : ""}`);
  }
}
