import semver from "semver";
import { readHandover } from "../deployment/handover.ts";
import type { Ulid, Version } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { lockHolder } from "../platform/lock.ts";
import type { ReleaseChecker } from "../releases/check.ts";
import type { Messenger } from "../messages/messenger.ts";
import type { Release, ReleaseStatus } from "../releases/contract.ts";
import { readCheckSettings, writeCheckSettings } from "../releases/settings.ts";
import { cancelStep, readChain } from "../updates/chain.ts";
import { diskUse } from "../updates/disk-use.ts";
import { listHistory, openChange, openRun, readLog } from "../updates/history.ts";
import { readInstallation } from "../updates/installation.ts";
import { makeWay } from "../updates/make-way.ts";
import { planFresh, planUndo, planUpdate, readPlan } from "../updates/plan.ts";
import { readRecord, readRecords } from "../updates/records.ts";
import { deriveStatus } from "../updates/rules/status.ts";
import { settle } from "../updates/settle.ts";
import { spawnRunner } from "../updates/spawn-runner.ts";
import { startRun } from "../updates/start.ts";
import { readJobStatus, readStatus } from "../updates/status-file.ts";
import type { World } from "../updates/world.ts";
import type { Automatic } from "./automatic.ts";
import { createBackupOperations } from "./backup-operations.ts";
import { createBundleOperations } from "./bundle-operations.ts";
import { createMessagesOperations } from "./messages-operations.ts";
import { lastExport } from "./last-export.ts";
import { createOffsiteOperations } from "./offsite-operations.ts";
import type { Exclusive } from "../platform/exclusive.ts";
import type { Operations } from "./operations.ts";
import { wayTo } from "./way.ts";

export type Parts = {
  world: World;
  checker: ReleaseChecker;
  exclusive: Exclusive;
  messenger: Pick<Messenger, "test">;
  automatic: Automatic;
  /** Tells the supervisor that there is a run now. */
  runBegan: () => void;
  /** Of the updater itself. */
  version: Version;
};

/** The operations on the real engine. Whatever needs that no run begins meanwhile goes one after another, with the supervisor's looks too. */
export function createOperations({ world, checker, exclusive, messenger, automatic, runBegan, version }: Parts): Operations {
  const { paths, clock, log } = world;
  const whileIdle = <T>(act: () => Promise<T>) =>
    exclusive(async () => {
      const run = await openRun(paths);
      if (run !== null || lockHolder(paths.runLock) !== null) throw new AppError("run-under-way", { run: run ?? "" });
      return act();
    });
  return {
    ...createBackupOperations(world, whileIdle),
    ...createBundleOperations({ world, checker, whileIdle }),
    ...createOffsiteOperations(world, whileIdle),
    ...createMessagesOperations(world, messenger),
    installation: async () => {
      const { version: installed, schemaHead, since, failedVersions } = await readInstallation(world);
      return { version: installed, schemaHead, since, failedVersions };
    },
    releases: () => checker.status(),
    check: () => checker.check({ force: true }),
    look: () => checker.check({ force: false }),
    checkSettings: () => readCheckSettings(paths, log),
    setCheckSettings: (settings) => writeCheckSettings(paths, settings),
    automatic: () => automatic.view(),
    // No update begins in the midst of it: it has begun before, or it does not.
    setAutomatic: (wish) => exclusive(() => automatic.set(wish)),
    notTonight: (night) => exclusive(() => automatic.notTonight(night)),
    release: async (version) => {
      const release = verified(await checker.status()).find((candidate) => candidate.version === version);
      if (release === undefined) throw new AppError("release-unknown", { version });
      return release;
    },
    way: async (wanted) => {
      const { version: installed, highestCommitted } = await readInstallation(world);
      // As a stop it may be on the list, but not as where somebody wants to get.
      if (semver.lt(wanted, highestCommitted)) throw new AppError("release-unknown", { version: wanted });
      return wayTo(wanted, await checker.status(), { version: installed, updater: version });
    },
    planUpdate: (request) => planUpdate(world, request),
    planFresh: async ({ release, actor }) => {
      refuseIfTooNew(release, version);
      return planFresh(world, { release, actor, lastExportAt: await lastExport(world) });
    },
    planUndo: (request) => planUndo(world, request),
    plan: async (id) => (await readPlan(paths, id)) ?? notFound("plan"),
    start: async (request) => {
      await makeWay(world, request);
      return exclusive(async () => {
        const spawn = (run: Ulid) => spawnRunner(world, run);
        const started = await startRun(world, { ...request, spawn });
        if (!started.joined) runBegan();
        return started;
      });
    },
    startedWith: (key) => runWithKey(world, key),
    // No step of a path begins meanwhile.
    cancel: (run, actor) => exclusive(() => cancelStep(paths, run, actor)),
    chain: () => readChain(paths),
    openChange: () => openChange(paths),
    status: () => readStatus(paths),
    statusOf: async (run) => {
      const written = [await readStatus(paths), await readJobStatus(paths)].find((status) => status?.run === run);
      if (written) return written;
      const record = (await readRecord(paths, run)) ?? notFound("run");
      return deriveStatus(record.plan, record.journal, { progress: null, now: clock.now() });
    },
    history: () => listHistory(world),
    log: (run) => readLog(paths, run),
    diskUse: () => diskUse(world),
    service: async () => {
      const last = await readHandover(paths);
      const isStill = last?.state === "failed" && semver.gt(last.version, version);
      return { version, problem: isStill ? last.problem : null };
    },
    settleByPerson: () =>
      whileIdle(async () => {
        await settle(world, { byPerson: true });
      }),
    whileIdle,
  };
}

/** Further on the way there may be stops which renew the update program; a fresh start goes there in one step. */
function refuseIfTooNew({ version, manifest: { minUpdater } }: Release, updater: Version): void {
  if (semver.gt(minUpdater, updater)) throw new AppError("release-needs-newer-updater", { version, minUpdater, updater });
}

/** What the check found, verified and offers; the newest first. */
function verified(status: ReleaseStatus): Release[] {
  return status.kind === "available" ? [status.release, ...status.missed] : [];
}

async function runWithKey({ paths }: World, key: string): Promise<Ulid | null> {
  const isIt = (entry: { type: string; idempotencyKey?: string }) => entry.type === "planned" && entry.idempotencyKey === key;
  return (await readRecords(paths)).find(({ journal }) => journal.some(isIt))?.run ?? null;
}

function notFound(what: string): never {
  throw new AppError("not-found", { what });
}
