import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import type { RoleNames } from "./connect.ts";
import { isProtected } from "./rules/protected.ts";

/** Somebody beside FilaOps who could save while saving is paused: the fence takes the right from the app's role alone. */
export type OtherWriter = { subject: string; remedy: string };

/**
 * Who could write what people entered past the fence: whoever is a member of a role that may write, has a right on a table of his own, or owns one.
 * What he saved between the copy and the switch would be gone with the old database. Superusers are passed over: nothing can be taken from them.
 * Asked inside of the database.
 */
export async function findOtherWriters(client: Client, roles: RoleNames): Promise<OtherWriter[]> {
  const ours = [roles.owner, roles.app, roles.writer];
  const members = await client.query<OtherWriter>(MEMBERS, ours);
  const rights = await client.query<{ who: string; table: string }>(RIGHTS, ours);
  const owners = await client.query<{ who: string; table: string }>(OWNERS, [roles.owner]);
  return [
    ...members.rows,
    ...byPerson(rights.rows, (who, tables, names) => ({
      subject: `${who === "public" ? "every role of the server" : who} may write into ${names}, past FilaOps`,
      remedy: `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${tables.join(", ")} FROM ${who}`,
    })),
    ...byPerson(owners.rows, (who, tables, names) => ({
      subject: `${names} belongs to ${who}, who may write into it past FilaOps`,
      remedy: tables.map((table) => `ALTER TABLE ${table} OWNER TO ${id(roles.owner)}`).join("; "),
    })),
  ];
}

type Say = (who: string, tables: string[], names: string) => OtherWriter;

function byPerson(rows: readonly { who: string; table: string }[], say: Say): OtherWriter[] {
  const found = Object.groupBy(
    rows.filter(({ table }) => isProtected(table)),
    ({ who }) => who,
  );
  return Object.entries(found).map(([who, rights = []]) => {
    const names = [...new Set(rights.map(({ table }) => table))];
    return say(
      who,
      names.map((name) => `public.${id(name)}`),
      names.join(", "),
    );
  });
}

/** Direct members only: who is one by way of another role is named with that. From PostgreSQL 16 on a membership may give neither right. */
const MEMBERS = `
  SELECT format('%s has the rights of %s and may write past FilaOps', m.member::regrole, m.roleid::regrole) AS subject,
         format('REVOKE %s FROM %s', m.roleid::regrole, m.member::regrole) AS remedy
    FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
   WHERE NOT r.rolsuper AND m.member <> $1::regrole
     AND (m.roleid = to_regrole('pg_write_all_data')
          OR m.roleid IN ($1::regrole, $3::regrole) AND m.member NOT IN ($2::regrole, $3::regrole))
     AND coalesce((to_jsonb(m) ->> 'inherit_option')::boolean OR (to_jsonb(m) ->> 'set_option')::boolean, true)
   ORDER BY 1`;

const RIGHTS = `
  WITH tables AS (SELECT oid, relname, relowner, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')),
  rights AS (
    SELECT t.relname, t.relowner, a.* FROM tables t, aclexplode(t.relacl) a
    UNION ALL
    SELECT t.relname, t.relowner, a.* FROM tables t JOIN pg_attribute c ON c.attrelid = t.oid AND NOT c.attisdropped, aclexplode(c.attacl) a)
  SELECT DISTINCT CASE WHEN grantee = 0 THEN 'public' ELSE grantee::regrole::text END AS who, relname AS table
    FROM rights LEFT JOIN pg_roles r ON r.oid = grantee
   WHERE privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') AND grantee <> relowner
     AND (grantee = 0 OR grantee = $2::regrole OR NOT r.rolsuper AND grantee NOT IN ($1::regrole, $3::regrole))
   ORDER BY 1, 2`;

const OWNERS = `
  SELECT relowner::regrole::text AS who, relname AS table FROM pg_class
   WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relowner <> $1::regrole ORDER BY 1, 2`;
