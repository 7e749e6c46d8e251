import type { Blocker } from "../../databases/contract.ts";
import { AppError } from "../../platform/errors.ts";
import { isJob } from "../rules/kinds.ts";
import type { Check } from "./check.ts";

/** Reachable, ours to copy and rename where that is what the run does, and nothing in the way that we cannot end ourselves. */
export const database: Check = {
  name: "database",
  title: "The database can be copied",
  async look({ databases }, { kind, database: { live } }) {
    const found = await databases.find(live.name);
    if (found?.oid !== live.oid) return new AppError("plan-expired", { minutes: 15 }).problem;
    const matters = (blocker: Blocker) => !blocker.endable && (!isJob(kind) || (kind === "drill" && blocker.kind === "createdb"));
    const blockers = (await databases.blockers(live.name)).filter(matters);
    return blockers.length === 0 ? null : new AppError("database-blocked", { blockers: blockers.map(inWords) }).problem;
  },
};

function inWords({ kind, subject, remedy }: Blocker): string {
  const what: Record<Blocker["kind"], string> = {
    session: "another program is connected",
    "prepared-transaction": "a prepared transaction is open",
    collation: "the collation's version differs from the system's",
    "replication-slot": "a replication slot belongs to it",
    subscription: "a subscription belongs to it",
    tablespace: "part of it lies in another tablespace",
    createdb: "FilaOps' database role may not create databases",
    ownership: "it does not belong to FilaOps' database role",
    membership: "FilaOps' database roles are not members of each other as they should be",
    writer: "somebody beside FilaOps may save into it while saving is paused, and what he saved then would be lost",
    fsync: "PostgreSQL runs without fsync, so that a power cut could lose the update",
  };
  return `${what[kind]} (${subject})${remedy === null ? "" : `; mend it with: ${remedy}`}`;
}
