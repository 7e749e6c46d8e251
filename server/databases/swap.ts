import type { Client } from "pg";
import { escapeIdentifier as id, escapeLiteral as literal } from "pg";
import { AppError } from "../platform/errors.ts";
import { inTransaction } from "./connect.ts";
import { refused, whenSilent } from "./copy.ts";
import { findByName, findByOid } from "./inspect.ts";
import type { Owner } from "./owner.ts";
import { setAllowConnections } from "./owner.ts";

export type Swap = { incoming: number; outgoing: number; keptName: string; run: string };

/**
 * Gives the live name to `incoming` and `keptName` to `outgoing`: both renames in one durable transaction, which also writes on both which
 * run did it, and which side they are. Sessions of both are ended first, and both take connections on every way out. Does nothing more than
 * that when it is so already. Throws `database-moved` when the names are not as the caller believes.
 */
export async function swap(owner: Owner, client: Client, wanted: Swap): Promise<void> {
  const [incoming, outgoing] = [await findByOid(client, wanted.incoming), await findByOid(client, wanted.outgoing)];
  if (incoming === null) throw new AppError("database-missing", { name: `number ${wanted.incoming}` });
  try {
    if (incoming.name === owner.live) return;
    if (outgoing?.name !== owner.live) throw await moved(owner, client, wanted.outgoing);
    const names = [outgoing.name, incoming.name];
    await whenSilent({ owner, client, names }, () => rename(owner, client, { ...wanted, incomingName: incoming.name }));
  } catch (error) {
    throw refused(`rename ${incoming.name} to ${owner.live}`, error);
  } finally {
    await allowBoth(client, wanted);
  }
}

async function rename(owner: Owner, client: Client, wanted: Swap & { incomingName: string }): Promise<void> {
  const { incoming, outgoing, keptName, run, incomingName } = wanted;
  await inTransaction(client, async () => {
    // A rename that was committed without this was lost when the server crashed a moment later.
    await client.query("SET LOCAL synchronous_commit = on");
    await client.query(`ALTER DATABASE ${id(owner.live)} RENAME TO ${id(keptName)}`);
    await client.query(`ALTER DATABASE ${id(incomingName)} RENAME TO ${id(owner.live)}`);
    const { rows } = await client.query<{ xid: string }>("SELECT pg_current_xact_id()::text AS xid");
    const mark = { run, since: rows[0]?.xid ?? "" };
    await client.query(`COMMENT ON DATABASE ${id(owner.live)} IS ${literal(swapComment({ ...mark, side: "live" }))}`);
    await client.query(`COMMENT ON DATABASE ${id(keptName)} IS ${literal(swapComment({ ...mark, side: "kept" }))}`);
    for (const name of [owner.live, keptName]) await setAllowConnections(client, name, true);
    const [live, kept] = [await findByName(client, owner.live), await findByName(client, keptName)];
    if (live?.oid !== incoming) throw await moved(owner, client, incoming);
    if (kept?.oid !== outgoing) {
      throw new AppError("database-moved", { name: keptName, expected: outgoing, found: kept?.oid ?? null });
    }
  });
}

async function moved(owner: Owner, client: Client, expected: number): Promise<AppError> {
  const found = await findByName(client, owner.live);
  return new AppError("database-moved", { name: owner.live, expected, found: found?.oid ?? null });
}

async function allowBoth(client: Client, { incoming, outgoing }: Swap): Promise<void> {
  for (const oid of [incoming, outgoing]) {
    // On a lost connection this fails as well; the error that lost it is the one to tell.
    const found = await findByOid(client, oid).catch(() => null);
    if (found !== null) await setAllowConnections(client, found.name, true).catch(() => undefined);
  }
}

type SwapMark = { run: string; side: "live" | "kept"; since: string };

/** The comment that a swap leaves on both databases: the run, the side, and the transaction since which others write into the live one. */
function swapComment({ run, side, since }: SwapMark): string {
  return `filaops run ${run}, ${side} since transaction ${since}`;
}

/** The transaction of the swap that made a database live, from its comment; `null` when there was none. */
export function liveSince(comment: string | null): string | null {
  return /^filaops run \w+, live since transaction (\d+)$/.exec(comment ?? "")?.[1] ?? null;
}
