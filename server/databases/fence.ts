import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import { AppError } from "../platform/errors.ts";
import { isSqlState } from "./connect.ts";
import type { Owner } from "./owner.ts";
import { awaitWriters } from "./sessions.ts";

/** How long a transaction of the app that has written already may take to end, in milliseconds. */
const WRITERS_GRACE_MS = 5000;

/** Whether the app may write: asked of the server, not remembered. */
export async function fence({ roles }: Owner, client: Client): Promise<"open" | "closed"> {
  const { rows } = await client.query<{ open: boolean }>("SELECT pg_has_role($1::name, $2::name, 'MEMBER') AS open", [
    roles.app,
    roles.writer,
  ]);
  return rows[0]?.open === true ? "open" : "closed";
}

/**
 * Takes the right to write from the app, for all its sessions and all databases at once, then waits for what had been written before to be
 * committed or ended: afterwards nothing that the app does changes data. Idempotent. Throws `fence-not-closed` when the app still has the right.
 */
export async function closeFence(owner: Owner, client: Client): Promise<void> {
  await checkpoint(client);
  await client.query(`REVOKE ${id(owner.roles.writer)} FROM ${id(owner.roles.app)}`);
  // Revoking what somebody else granted is only a warning of the server's.
  if ((await fence(owner, client)) === "open") throw new AppError("fence-not-closed", owner.roles);
  await awaitWriters(owner, client, WRITERS_GRACE_MS);
}

/** Gives the right to write back to the app, at once for open sessions too. Idempotent. */
export async function openFence({ roles }: Owner, client: Client): Promise<void> {
  await client.query(`GRANT ${id(roles.writer)} TO ${id(roles.app)}`);
}

/** A copy begins with a checkpoint; one that was just made leaves it little to do while reads are held. Only members of pg_checkpoint may. */
async function checkpoint(client: Client): Promise<void> {
  try {
    await client.query("CHECKPOINT");
  } catch (error) {
    // 42501: not allowed to; 57014: it took longer than a statement of ours may. Both only make the copy slower.
    if (!isSqlState(error, "42501") && !isSqlState(error, "57014")) throw error;
  }
}
