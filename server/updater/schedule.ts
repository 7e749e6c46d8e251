import { ensureBackupSettings } from "../backups/settings.ts";
import type { Attempt } from "../backups/rules/due.ts";
import { due } from "../backups/rules/due.ts";
import type { Actor, Ulid } from "../platform/contract.ts";
import { newUlid } from "../platform/ids.ts";
import { planJob } from "../updates/plan.ts";
import type { Job } from "../updates/plan.ts";
import { soundRecords } from "../updates/records.ts";
import type { RunRecord } from "../updates/rules/installation.ts";
import { startRun } from "../updates/start.ts";
import type { World } from "../updates/world.ts";

const ITSELF: Actor = { kind: "system" };

/** Starts what is due by the schedule, if anything; called every now and then while no run is open. What stands in its way is in the run's journal. */
export async function startDue(world: World, spawn: (run: Ulid) => Promise<void>): Promise<"started" | "nothing"> {
  await ensureBackupSettings(world);
  const settings = await world.backupSettings();
  const records = await soundRecords(world.paths);
  const newest = (await world.backups.listAll()).find(({ backup }) => backup !== null);
  const lacksCopy = newest?.copied === null && (await world.offsite()) !== null;
  const wanted = due(settings, {
    now: world.clock.now(),
    backups: attempts(records, ({ plan }) => plan.making?.kind === "scheduled"),
    drills: attempts(records, ({ plan }) => plan.kind === "drill"),
    copies: attempts(records, ({ plan }) => plan.kind === "offsite"),
    hasGoodBackup: newest !== undefined,
    uncopiedSince: lacksCopy ? (newest.backup?.createdAt ?? null) : null,
  });
  const job = jobOf(wanted, newest?.id);
  if (job === null) return "nothing";
  const plan = await planJob(world, job, ITSELF);
  await startRun(world, { plan: plan.id, actor: ITSELF, idempotencyKey: newUlid(world.clock), spawn });
  return "started";
}

function jobOf(wanted: ReturnType<typeof due>, newest: Ulid | undefined): Job | null {
  if (wanted === "backup") return { kind: "backup", making: { kind: "scheduled", note: "" } };
  if (wanted === "offsite") return { kind: "offsite" };
  return wanted === "drill" && newest !== undefined ? { kind: "drill", backup: newest } : null;
}

function attempts(records: readonly RunRecord[], which: (record: RunRecord) => boolean): Attempt[] {
  return records.filter(which).map(({ plan, journal }) => {
    const finished = journal.findLast((entry) => entry.type === "finished");
    return { at: journal[0]?.at ?? plan.createdAt, worked: finished === undefined ? null : finished.outcome === "complete" };
  });
}
