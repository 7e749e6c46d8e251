import { gt } from "semver";
import type { ChangesSince } from "../databases/contract.ts";
import type { Actor, Ulid } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { makeFolder, readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import type { Release } from "../releases/contract.ts";
import type { Way } from "../releases/rules/breaking.ts";
import { breakingOf } from "../releases/rules/breaking.ts";
import { check } from "./checks/index.ts";
import type { Draft } from "./checks/check.ts";
import type { Chain } from "./chain-contract.ts";
import type { Plan } from "./contract.ts";
import { planSchema } from "./contract.ts";
import { readInstallation } from "./installation.ts";
import { readRecord, soundRecords } from "./records.ts";
import type { EarlierRun } from "./rules/estimate.ts";
import { estimate } from "./rules/estimate.ts";
import { undoEnd } from "./rules/expired.ts";
import type { Installation, RunRecord } from "./rules/installation.ts";
import { stepsOf } from "./steps/index.ts";
import type { World } from "./world.ts";

/** How long a plan holds, in minutes: long enough to read it, short enough that it is still true. */
export const PLAN_MINUTES = 15;

export type UpdateWish = {
  way: Way;
  actor: Actor;
  /** Of a later step: the path that it goes on with. */
  chain?: Chain;
};

/**
 * Plans the first step of the way to a verified release: what will happen, how long it will take, what stands in the way, and what all of the way breaks.
 * Changes nothing.
 */
export async function planUpdate(world: World, { way, actor, chain }: UpdateWish): Promise<Plan> {
  const [release] = way.path;
  const draft = await draftOf(world, {
    kind: "update",
    to: release.version,
    schemaHead: release.manifest.migrations.head,
    actor,
  });
  const path = way.path.map(({ version }) => version);
  return save(world, {
    ...draft,
    release,
    chain: chain ?? (path.length > 1 ? { id: newUlid(world.clock), path, index: 0 } : null),
    breaking: breakingOf(draft.from, way),
  });
}

/**
 * Plans to begin with a verified release and an empty database in place of what is live, which is set aside with the numbers that it has now. `lastExportAt`: when
 * what there is was last exported, as far as is known.
 */
export async function planFresh(
  world: World,
  { release, actor, lastExportAt }: { release: Release; actor: Actor; lastExportAt: string | null },
): Promise<Plan> {
  const schemaHead = release.manifest.migrations.head;
  const draft = await draftOf(world, { kind: "start_fresh", to: release.version, schemaHead, actor });
  const books = await world.databases.books(draft.database.live.name);
  return save(world, { ...draft, release, fresh: { books, lastExportAt, keptDays: world.config.undoDays }, endsSessions: true });
}

/** Plans to take back the newest committed run, with the numbers of what was entered since and would be lost. */
export async function planUndo(world: World, { run, actor }: { run: string; actor: Actor }): Promise<Plan> {
  const installation = await readInstallation(world);
  const top = installation.stack.at(-1);
  if (top?.run !== run) {
    throw new AppError("nothing-to-undo", { reason: "something newer stands on top of it, or it was undone already." });
  }
  if (world.clock.now() > undoEnd(top.at, world.config.undoDays)) {
    throw new AppError("nothing-to-undo", { reason: "the time for undoing it is over." });
  }
  const kept = await world.databases.findByOid(top.kept.oid);
  if (kept === null) throw new AppError("nothing-to-undo", { reason: "the database from before is not there any more." });
  const draft = await draftOf(world, { kind: "undo", to: top.from.version, schemaHead: top.from.schemaHead, actor });
  const undone = await readRecord(world.paths, run);
  const changes = await world.databases.changesSince(kept.name, draft.database.live.name);
  const lost = undone?.plan.kind === "start_fresh" ? enteredSinceFresh(changes) : changes;
  return save(world, {
    ...draft,
    database: { ...draft.database, green: kept.name },
    undoes: { run, kind: undone?.plan.kind ?? "update", kept, lost },
    endsSessions: undone?.plan.endsSessions === true,
  });
}

/** What is not in a database that began empty was not removed from it. */
function enteredSinceFresh({ tables }: ChangesSince): ChangesSince {
  return { tables: tables.map((table) => ({ ...table, removed: 0 })) };
}

/** Plans to restore a backup in place of what is live, with the numbers of what was entered since it was made and would be lost. */
export async function planRestore(world: World, { backup: id, actor }: { backup: Ulid; actor: Actor }): Promise<Plan> {
  const installation = await readInstallation(world);
  const backup = await backupOfPlan(world, id);
  const { version, schemaHead } = installation;
  if (isNewer(backup, installation)) {
    throw new AppError("backup-newer", { version: backup.version, installed: version });
  }
  const draft = await draftOf(world, { kind: "restore", to: version, schemaHead, actor });
  const since = { since: new Date(backup.createdAt), books: backup.books };
  const lost = await world.databases.writtenSince(draft.database.live.name, since);
  return save(world, { ...draft, backup: { ...backup, lost }, endsSessions: true });
}

export type Job =
  { kind: "backup"; making: NonNullable<Plan["making"]> } | { kind: "verify" | "drill"; backup: Ulid } | { kind: "offsite" };

/** Plans a job beside: a backup that is made, read through, or restored on trial; or copying what is there elsewhere. Nobody's work is touched by it. */
export async function planJob(world: World, job: Job, actor: Actor): Promise<Plan> {
  const { version, schemaHead } = await readInstallation(world);
  const draft = await draftOf(world, { kind: job.kind, to: version, schemaHead, actor });
  if (job.kind === "backup") return save(world, { ...draft, making: job.making });
  if (job.kind === "offsite") return save(world, draft);
  return save(world, { ...draft, backup: { ...(await backupOfPlan(world, job.backup)), lost: null } });
}

async function backupOfPlan({ backups }: World, wanted: Ulid): Promise<Omit<NonNullable<Plan["backup"]>, "lost">> {
  const { id, createdAt, version, schemaHead, books } = await backups.manifest(wanted);
  return { id, createdAt, version, schemaHead, books };
}

function isNewer(backup: { version: string; schemaHead: string }, installed: { version: string; schemaHead: string }): boolean {
  return gt(backup.version, installed.version) || backup.schemaHead > installed.schemaHead;
}

/** A saved plan; `null` when there is none of that name. */
export function readPlan(paths: HomePaths, id: string): Promise<Plan | null> {
  return readJson(paths.plan(id), planSchema);
}

async function draftOf(
  world: World,
  run: { kind: Plan["kind"]; to: string; schemaHead: string; actor: Actor },
): Promise<Draft & { release: null; undoes: null }> {
  const { clock, databases } = world;
  const installation = await readInstallation(world);
  const live = await liveDatabase(world, installation);
  const bytes = await databases.bytes(live.name);
  const now = clock.now();
  const name = () => `${live.name}_${newUlid(clock).toLowerCase()}`;
  return {
    v: 1,
    id: newUlid(clock),
    kind: run.kind,
    from: installation.version,
    to: run.to,
    createdAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + PLAN_MINUTES * 60_000).toISOString(),
    createdBy: run.actor,
    steps: stepsOf[run.kind].map((step) => step.name),
    estimate: estimate({ kind: run.kind, databaseBytes: bytes }, earlierRuns(await soundRecords(world.paths))),
    release: null,
    schemaHead: run.schemaHead,
    database: { live, bytes, settings: await databases.settings(live.name), green: name(), kept: name() },
    slots: { blue: installation.slot, green: installation.slot === "blue" ? "green" : "blue" },
    undoes: null,
    backup: null,
    fresh: null,
    making: null,
    endsSessions: false,
    chain: null,
    breaking: null,
  };
}

async function liveDatabase({ databases }: World, installation: Installation) {
  const live = await databases.find(installation.database.name);
  if (live?.oid === installation.database.oid) return live;
  const detail = `the database ${installation.database.name} is not the one that was installed last`;
  throw new AppError("unexpected", { detail });
}

function earlierRuns(records: readonly RunRecord[]): EarlierRun[] {
  return records
    .filter(({ journal }) => journal.some((entry) => entry.type === "finished" && entry.outcome === "complete"))
    .map(({ plan, journal }) => ({ journal, kind: plan.kind, databaseBytes: plan.database.bytes }))
    .toReversed();
}

async function save(world: World, draft: Draft): Promise<Plan> {
  const plan = planSchema.parse({ ...draft, findings: await check(world, draft) });
  await makeFolder(world.paths.plans);
  await writeAtomically(world.paths.plan(plan.id), JSON.stringify(plan));
  return plan;
}
