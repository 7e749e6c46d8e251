import type { Actor, Ulid } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { createExclusive } from "../platform/exclusive.ts";
import { makeFolder, syncFolder, writeAtomically } from "../platform/files.ts";
import { newUlid } from "../platform/ids.ts";
import type { JournalEntry, Plan } from "./contract.ts";
import { readInstallation } from "./installation.ts";
import { createJournal } from "./journal.ts";
import { PLAN_MINUTES, readPlan } from "./plan.ts";
import { soundRecords } from "./records.ts";
import type { RunRecord } from "./rules/installation.ts";
import { decisiveRun, isJob } from "./rules/kinds.ts";
import { deriveStatus } from "./rules/status.ts";
import { isSettled } from "./settled.ts";
import { writeStatus } from "./status-file.ts";
import type { World } from "./world.ts";

export type StartRequest = {
  plan: Ulid;
  actor: Actor;
  idempotencyKey: string;
  /** Starts the run's process. When it fails, the run exists all the same and the updater's loop starts it. */
  spawn: (run: Ulid) => Promise<void>;
};

/** Starts go one after another: there is one updater, and between looking for an open run and making one nobody else may do so. */
const inTurn = createExclusive();

/**
 * Makes a run of a plan and starts it. A run that is under way, or was begun with the same key, is joined instead: a double click, a reload
 * and a second device all see the same run. Throws `not-found`, `plan-expired`, `plan-blocked` or `needs-person-first`.
 */
export function startRun(world: World, request: StartRequest): Promise<{ run: Ulid; joined: boolean }> {
  return inTurn(() => start(world, request));
}

async function start(
  world: World,
  { plan: id, actor, idempotencyKey, spawn }: StartRequest,
): Promise<{ run: Ulid; joined: boolean }> {
  const records = await soundRecords(world.paths);
  const same = records.find(({ journal }) =>
    journal.some((entry) => entry.type === "planned" && entry.idempotencyKey === idempotencyKey),
  );
  const open = records.find(({ journal }) => !journal.some((entry) => entry.type === "finished"));
  if (same !== undefined) return { run: same.run, joined: true };
  const plan = await readPlan(world.paths, id);
  if (plan === null) throw new AppError("not-found", { what: "plan" });
  if (open !== undefined) return join(open, plan);
  await refuseUnlessGood(world, plan);
  const run = newUlid(world.clock);
  const { kind, from, to } = plan;
  const at = world.clock.now().toISOString();
  const planned: JournalEntry = { type: "planned", v: 1, run, plan: plan.id, kind, from, to, actor, idempotencyKey, at };
  await makeFolder(world.paths.update(run));
  await syncFolder(world.paths.updates);
  await writeAtomically(world.paths.updatePlan(run), JSON.stringify(plan));
  await createJournal(world.paths.journal(run), planned); // from here on there is a run
  await writeStatus(world.paths, deriveStatus(plan, [planned], { progress: null, now: world.clock.now() }), world.log);
  await spawn(run).catch((error: unknown) => {
    world.log.error({ err: error, run }, "the run's process did not start; it will be tried again");
  });
  return { run, joined: false };
}

/** A change joins the one that is under way, and copying joins copying; else what has to do with a job, on either side, waits for its turn. */
function join(open: RunRecord, plan: Plan): { run: Ulid; joined: boolean } {
  if (open.plan.kind === "offsite" && plan.kind === "offsite") return { run: open.run, joined: true };
  if (isJob(open.plan.kind) || isJob(plan.kind)) throw new AppError("run-under-way", { run: open.run, kind: open.plan.kind });
  return { run: open.run, joined: true };
}

async function refuseUnlessGood(world: World, plan: Plan): Promise<void> {
  const unsettled = decisiveRun(await soundRecords(world.paths));
  const last = unsettled?.journal.findLast((entry) => entry.type === "finished");
  if (unsettled !== undefined && last?.outcome === "needs_attention" && !(await isSettled(world.paths, unsettled.run))) {
    throw new AppError("needs-person-first", { run: unsettled.run });
  }
  const installation = await readInstallation(world);
  const stillTrue = installation.version === plan.from && installation.database.oid === plan.database.live.oid;
  if (!stillTrue || world.clock.now().getTime() > Date.parse(plan.expiresAt)) {
    throw new AppError("plan-expired", { minutes: PLAN_MINUTES });
  }
  const blockers = plan.findings.filter((finding) => finding.level === "blocker");
  if (blockers.length > 0) {
    throw new AppError("plan-blocked", { findings: blockers.map((finding) => finding.problem?.happened ?? finding.title) });
  }
}
