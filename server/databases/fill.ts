import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import { AppError } from "../platform/errors.ts";
import type { Login } from "./connect.ts";
import { inTransaction } from "./connect.ts";
import { refused } from "./copy.ts";
import { loaderRemedy, lockLoader, renewLoader } from "./loader-role.ts";
import type { Owner } from "./owner.ts";
import { endRole } from "./sessions.ts";
import { findStrange } from "./strange.ts";

/** `foreign`: what it is filled with was made by somebody else, or cannot be proved to be ours. */
export type Filling = { foreign: boolean };

/**
 * Has a new, empty database filled by work that logs in as the loader. Afterwards, whether it went well or not, the loader is shut out: no right, no
 * session, no password. What it made is then the owner's, but not before that of a foreign dump was looked at: what is in a database (a
 * function in an index, say) runs as its owner, also when nobody asks for it. Throws what the work throws, `loader-missing` or `restore-strange`; the
 * database is then good for nothing.
 */
export async function fill(
  owner: Owner,
  target: { name: string } & Filling,
  work: (login: Login) => Promise<void>,
): Promise<void> {
  const { host, port, roles } = owner;
  const remedy = await owner.beside((client) => loaderRemedy(owner, client));
  if (remedy !== null) {
    if (target.foreign) throw new AppError("loader-missing", { role: roles.loader, remedy });
    // An installation from before there was this role; nobody but a superuser could make it. Our seal proves that the dump is our own, and
    // those were restored as the owner at all times.
    await work({ host, port, user: roles.owner, password: owner.ownerPassword });
    return;
  }
  const login = await admit(owner, target.name);
  try {
    await work(login);
  } catch (error) {
    // The first error is the one that matters, and what is left of the loader ends with the database.
    await shutOut(owner, target.name).catch(() => undefined);
    throw error;
  }
  await shutOut(owner, target.name);
  await takeOver(owner, target);
}

/** The database stays the owner's: whoever owns one may set what every later session in it begins with. */
async function admit(owner: Owner, name: string): Promise<Login> {
  const { host, port, roles } = owner;
  const loader = id(roles.loader);
  try {
    const password = await owner.beside(async (client) => {
      await endRole(owner, client, roles.loader);
      const made = await renewLoader(client, roles.loader);
      await client.query(`GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${id(name)} TO ${loader}`);
      return made;
    });
    await owner.inside(name, (client) => client.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${loader}`));
    return { host, port, user: roles.loader, password };
  } catch (error) {
    throw refused(`let ${roles.loader} fill ${name}`, error);
  }
}

/** In this order nothing of it can come back: no way in, no session, and then no password, which a session of its own could have set. */
async function shutOut(owner: Owner, name: string): Promise<void> {
  const { loader } = owner.roles;
  await owner.beside(async (client) => {
    await client.query(`REVOKE ALL ON DATABASE ${id(name)} FROM ${id(loader)}`);
    await lockLoader(client, loader);
    await endRole(owner, client, loader);
    await lockLoader(client, loader);
  });
  await safelyInside(owner, name, (client) => rollBackPrepared(client, loader));
}

/** What was restored may hold functions and operators with names of the system's, which would run as the owner: none of them is found by its name. */
function safelyInside(owner: Owner, name: string, work: (client: Client) => Promise<void>): Promise<void> {
  return owner.inside(name, async (client) => {
    await client.query("SET search_path = pg_catalog, pg_temp");
    await work(client);
  });
}

/** A transaction that was prepared has no session: it would hold its locks, and with them the database, for ever. Only its own role may end it. */
async function rollBackPrepared(client: Client, loader: string): Promise<void> {
  const { rows } = await client.query<{ command: string }>(
    "SELECT format('ROLLBACK PREPARED %L', gid) AS command FROM pg_prepared_xacts WHERE owner = $1 AND database = current_database()",
    [loader],
  );
  if (rows.length === 0) return;
  await client.query(`SET ROLE ${id(loader)}`);
  for (const { command } of rows) await client.query(command);
  await client.query("RESET ROLE");
}

async function takeOver(owner: Owner, { name, foreign }: { name: string } & Filling): Promise<void> {
  const { loader, owner: heir } = owner.roles;
  await safelyInside(owner, name, async (client) => {
    if (foreign) {
      const strange = await findStrange(client);
      if (strange.length > 0) throw new AppError("restore-strange", { strange });
    }
    try {
      await inTransaction(client, () =>
        client.query(`REASSIGN OWNED BY ${id(loader)} TO ${id(heir)}; DROP OWNED BY ${id(loader)}`),
      );
    } catch (error) {
      throw refused(`take over what was restored into ${name}`, error);
    }
  });
}
