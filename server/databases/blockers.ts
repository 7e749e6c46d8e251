import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import { AppError } from "../platform/errors.ts";
import type { Blocker } from "./contract.ts";
import { findByName, serverVersion } from "./inspect.ts";
import type { Owner } from "./owner.ts";
import { listSessions } from "./sessions.ts";
import { findOtherWriters } from "./writers.ts";

type Found = { subject: string; remedy: string | null };

/** Everything that would stop a copy, a rename or the fence now, each with a name and the command that mends it. */
export async function findBlockers(owner: Owner, client: Client, name: string): Promise<Blocker[]> {
  const database = await findByName(client, name);
  if (database === null) throw new AppError("database-missing", { name });
  const sessions = (await listSessions(client, name)).map(({ pid, subject, endable }): Blocker => ({
    kind: "session",
    subject,
    remedy: `SELECT pg_terminate_backend(${pid})`,
    endable,
  }));
  const { major } = await serverVersion(client);
  const others: Blocker[] = [];
  for (const [kind, sql] of Object.entries(questions(major)) as [Blocker["kind"], string][]) {
    const { rows } = await client.query<Found>(sql, [name]);
    others.push(...rows.map((row) => ({ kind, ...row, endable: false })));
  }
  const writers = await owner.inside(name, (within) => findOtherWriters(within, owner.roles));
  return [
    ...sessions,
    ...others,
    ...(await settingBlockers(client, name)),
    ...(await roleBlockers(owner, client, name)),
    ...writers.map((writer): Blocker => ({ kind: "writer", ...writer, endable: false })),
  ];
}

/** Each question asks for `subject` and `remedy` of what is in the way of the database `$1`. */
function questions(major: number): Partial<Record<Blocker["kind"], string>> {
  return {
    "prepared-transaction": `SELECT format('prepared transaction %s of %s', gid, owner) AS subject, format('ROLLBACK PREPARED %L', gid) AS remedy
      FROM pg_prepared_xacts WHERE database = $1`,
    // Before 15 the server kept no version of a database's collation.
    ...(major < 15
      ? {}
      : {
          collation: `SELECT format('the system''s text sorting changed from version %s to %s', datcollversion, coalesce(pg_database_collation_actual_version(oid), 'unknown')) AS subject,
            format('REINDEX DATABASE %1$I; ALTER DATABASE %1$I REFRESH COLLATION VERSION', datname) AS remedy
            FROM pg_database WHERE datname = $1 AND datcollversion IS NOT NULL
              AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)`,
        }),
    "replication-slot": `SELECT format('replication slot %s', slot_name) AS subject, format('SELECT pg_drop_replication_slot(%L)', slot_name) AS remedy
      FROM pg_replication_slots WHERE database = $1`,
    subscription: `SELECT format('subscription %s', subname) AS subject, format('DROP SUBSCRIPTION %I', subname) AS remedy
      FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = $1)`,
    tablespace: `SELECT format('part of the database lies in the tablespace %s', spcname) AS subject, format('ALTER DATABASE %I SET TABLESPACE pg_default', $1::text) AS remedy
      FROM pg_tablespace s, pg_database d WHERE d.datname = $1 AND spcname NOT IN ('pg_default', 'pg_global')
       AND (d.dattablespace = s.oid OR EXISTS (SELECT FROM pg_tablespace_databases(s.oid) AS within WHERE within = d.oid))`,
    ownership: `SELECT format('the database belongs to %s', pg_get_userbyid(datdba)) AS subject, format('ALTER DATABASE %I OWNER TO %I', datname, current_user) AS remedy
      FROM pg_database WHERE datname = $1 AND datdba <> current_user::regrole`,
    createdb: `SELECT format('%s may not make databases', current_user) AS subject, format('ALTER ROLE %I CREATEDB', current_user) AS remedy
      FROM pg_roles WHERE rolname = current_user AND NOT (rolcreatedb OR rolsuper) AND $1::text IS NOT NULL`,
    fsync: `SELECT format('%s is off: a crash can lose what was committed', name) AS subject, format('ALTER SYSTEM SET %I = on; SELECT pg_reload_conf()', name) AS remedy
      FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' AND $1::text IS NOT NULL`,
  };
}

/** Settings of the database that only a superuser could give to its copy, and those of roles that we cannot speak for. */
async function settingBlockers(client: Client, name: string): Promise<Blocker[]> {
  const { rows } = await client.query<Found>(
    `SELECT format('the setting %s of the database can only be copied by a superuser', split_part(entry, '=', 1)) AS subject,
            format('ALTER %s RESET %s', CASE WHEN s.setrole = 0 THEN format('DATABASE %I', $1::text)
              ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(s.setrole), $1::text) END, split_part(entry, '=', 1)) AS remedy
       FROM pg_db_role_setting s, unnest(s.setconfig) AS entry LEFT JOIN pg_settings p ON lower(p.name) = lower(split_part(entry, '=', 1))
      WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = $1)
        AND (p.context IS DISTINCT FROM 'user' OR (s.setrole <> 0 AND NOT pg_has_role(s.setrole, 'MEMBER')))`,
    [name],
  );
  return rows.map((row) => ({ kind: "ownership", ...row, endable: false }));
}

type Membership = { owner: string; app: string; ownsApp: boolean; movesFence: boolean; appIsMore: boolean };

/** What the roles must be to one another: the owner ends the app's sessions and moves the fence, and the app has no way around it. */
async function roleBlockers({ roles }: Owner, client: Client, name: string): Promise<Blocker[]> {
  const { rows } = await client.query<Membership>(
    `SELECT pg_has_role($1::name, 'MEMBER') AS "ownsApp",
            EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = $2::regrole AND m.member = current_user::regrole AND m.admin_option) AS "movesFence",
            (SELECT rolsuper FROM pg_roles WHERE rolname = $1) OR pg_has_role($1::name, current_user, 'MEMBER')
              OR (SELECT datdba = $1::regrole FROM pg_database WHERE datname = $3) AS "appIsMore"`,
    [roles.app, roles.writer, name],
  );
  const row = rows[0];
  const blocker = (subject: string, remedy: string): Blocker => ({ kind: "membership", subject, remedy, endable: false });
  const [owner, app, writer] = [id(roles.owner), id(roles.app), id(roles.writer)];
  return [
    ...(row?.ownsApp === true ? [] : [blocker(`${roles.owner} may not end the app's sessions`, `GRANT ${app} TO ${owner}`)]),
    ...(row?.movesFence === true
      ? []
      : [blocker(`${roles.owner} may not pause saving`, `GRANT ${writer} TO ${owner} WITH ADMIN OPTION`)]),
    ...(row?.appIsMore === true
      ? [
          blocker(
            `${roles.app} has more rights than it should, so saving cannot be paused`,
            `ALTER ROLE ${app} NOSUPERUSER; REVOKE ${owner} FROM ${app}`,
          ),
        ]
      : []),
  ];
}
