import type { Client } from "pg";
import { escapeIdentifier as id, escapeLiteral as literal } from "pg";
import { AppError } from "../platform/errors.ts";
import { isSqlState } from "./connect.ts";
import type { DatabaseIdentity, DatabaseSettings } from "./contract.ts";
import { refused } from "./copy.ts";
import { findByName } from "./inspect.ts";
import type { Owner } from "./owner.ts";
import { setAllowConnections } from "./owner.ts";
import { blankOf } from "./provision.ts";
import { applySettings } from "./settings.ts";

export type CreateRequest = { name: string; settings: DatabaseSettings };

/**
 * An empty database of the owner's with these settings, grants, encoding and locale: what a backup is restored into. Throws
 * `database-name-taken` or `database-refused`; then there is none.
 */
export async function create(owner: Owner, client: Client, { name, settings }: CreateRequest): Promise<DatabaseIdentity> {
  const { encoding, collate, ctype, connectionLimit } = settings;
  // Of the blank one it has what only a superuser could take away; an installation that was laid out without one has PostgreSQL's own.
  const blank = await findByName(client, blankOf(owner.live));
  try {
    await client.query(`CREATE DATABASE ${id(name)} TEMPLATE ${id(blank?.name ?? "template0")} OWNER ${id(owner.roles.owner)} ENCODING ${literal(encoding)}
      LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)} ALLOW_CONNECTIONS false CONNECTION LIMIT ${connectionLimit}`);
  } catch (error) {
    if (isSqlState(error, "42P04") || isSqlState(error, "23505")) {
      throw new AppError("database-name-taken", { name }, { cause: error });
    }
    throw refused(`create ${name}`, error);
  }
  try {
    await applySettings(client, name, settings);
  } catch (error) {
    throw refused(`give ${name} its settings`, error);
  }
  await setAllowConnections(client, name, true);
  const made = await findByName(client, name);
  if (made === null) throw new AppError("database-missing", { name });
  return made;
}
