import type { Ulid } from "../../server/platform/contract.ts";
import { newUlid } from "../../server/platform/ids.ts";
import type { BackupsOverview } from "../../server/updater/backup-contract.ts";
import { openRun } from "../../server/updates/history.ts";
import { busy, startPlan } from "./act.ts";
import type { Answer } from "./answer.ts";
import { EXIT } from "./answer.ts";
import { follow } from "./follow.ts";
import type { Site } from "./site.ts";

/** Makes a backup and follows it to its end. */
export async function backup(site: Site, note: string): Promise<Answer> {
  const { run } = await site.updater.backupNow.mutate({ note, idempotencyKey: newUlid(site.clock) });
  return follow(site, run);
}

/** All backups, newest first, and what is wrong with them as a whole. Exit code 1 when something is. */
export async function backups(site: Site): Promise<Answer> {
  const overview = await site.updater.backups.query();
  const { concern, nextAt } = overview;
  const next = nextAt === null ? "No backup is made by itself." : `The next one is made ${local(nextAt)}.`;
  return {
    text: [
      ...(overview.backups.length === 0 ? ["There is no backup yet."] : overview.backups.flatMap(lines)),
      next,
      ...(concern === null ? [] : [`PROBLEM  ${concern.happened} ${concern.todo}`]),
    ],
    json: overview,
    exit: concern === null ? EXIT.ok : EXIT.problem,
  };
}

/** Reads a backup through, every byte of it. Exit code 1 when it is no good. */
export async function verify(site: Site, id: Ulid): Promise<Answer> {
  const { run } = await site.updater.verifyBackup.mutate({ backup: id, idempotencyKey: newUlid(site.clock) });
  return follow(site, run);
}

/** Restores a backup on trial, beside what is live. Exit code 1 when that does not work out. */
export async function drill(site: Site, id: Ulid): Promise<Answer> {
  const { run } = await site.updater.drillBackup.mutate({ backup: id, idempotencyKey: newUlid(site.clock) });
  return follow(site, run);
}

/** Restores a backup in place of what is live, after it was said what would be lost, and follows it to its end. */
export async function restore(site: Site, wanted: { backup: Ulid; yes: boolean }): Promise<Answer> {
  const open = await openRun(site.paths);
  if (open !== null) return busy(open);
  return startPlan(site, await site.updater.planRestore.mutate({ backup: wanted.backup }), wanted.yes);
}

const KINDS = { manual: "by hand", pre_update: "before an update", scheduled: "nightly", safety: "before a restore" } as const;
const STATES = {
  verified: "checked",
  whole: "not checked yet",
  damaged: "DAMAGED",
  foreign: "FROM ANOTHER FILAOPS",
  missing: "MISSING",
} as const;

function lines({ id, state, backup: made, drilled, keep, goesNext, problem }: BackupsOverview["backups"][number]): string[] {
  const what =
    made === null
      ? []
      : [local(made.createdAt), KINDS[made.kind], `FilaOps ${made.version}`, `${(made.bytes / 1e6).toFixed(1)} MB`];
  const more = [
    STATES[state],
    ...(drilled === null ? [] : [`restored on trial ${local(drilled.at)}`]),
    ...(keep ? ["kept"] : []),
    ...(goesNext ? ["goes with the next one"] : []),
  ];
  return [
    `${id}  ${[...what, ...more].join(", ")}`,
    ...(made === null || made.note === "" ? [] : [`  ${made.note}`]),
    ...(problem === null ? [] : [`  ${problem.happened} ${problem.todo}`]),
  ];
}

function local(instant: string): string {
  return new Date(instant).toLocaleString("sv-SE");
}
