import { createAudit } from "../server/audit/write.ts";
import { keepAlive } from "../server/deployment/keep-alive.ts";
import { systemClock as clock } from "../server/platform/clock.ts";
import { readConfig, readSecret } from "../server/platform/config.ts";
import type { Version } from "../server/platform/contract.ts";
import { readEnv } from "../server/platform/env.ts";
import { AppError, toProblem } from "../server/platform/errors.ts";
import { makeFolder } from "../server/platform/files.ts";
import { homePaths } from "../server/platform/home.ts";
import { LOCK_BUSY, lockHolder, takeLock } from "../server/platform/lock.ts";
import { createLog } from "../server/platform/log.ts";
import { createBundleShelf, takesOf } from "../server/releases/bundles.ts";
import { createReleaseChecker } from "../server/releases/check.ts";
import { prepareForBundles } from "../server/releases/receive-bundle.ts";
import { readCheckSettings } from "../server/releases/settings.ts";
import { createAutomatic } from "../server/updater/automatic.ts";
import { createOperations } from "../server/updater/compose.ts";
import { continueChain } from "../server/updater/continue-chain.ts";
import { createExclusive } from "../server/platform/exclusive.ts";
import { readFarmSettings } from "../server/updater/farm-settings.ts";
import { handOver } from "../server/updater/hand-over.ts";
import { createMessages } from "../server/updater/messages.ts";
import { mendLoader } from "../server/updater/mend-loader.ts";
import { ownVersion } from "../server/updater/own-version.ts";
import { project } from "../server/updater/project.ts";
import { startDue } from "../server/updater/schedule.ts";
import { serve } from "../server/updater/service.ts";
import { createSupervisor } from "../server/updater/supervise.ts";
import { createUsers } from "../server/updater/users.ts";
import { collectGarbage } from "../server/updates/collect.ts";
import { composeWorld } from "../server/updates/compose.ts";
import { openRun } from "../server/updates/history.ts";
import { readInstallation } from "../server/updates/installation.ts";
import { readState } from "../server/updates/records.ts";
import { settle } from "../server/updates/settle.ts";
import { spawnRunner } from "../server/updates/spawn-runner.ts";
import type { World } from "../server/updates/world.ts";

/** `updater`: the privileged service of a FILAOPS_HOME. First it resumes what a run left open, then it serves its socket and looks after all. */

const log = createLog("updater");
/** How often it is asked whether it is time to ask the feed. */
const CHECK_TICK_MS = 60_000;

try {
  await main();
} catch (error) {
  const problem = toProblem(error);
  log.error({ err: error, problem }, problem.happened);
  process.exitCode = error instanceof AppError && error.code === "updater-running" ? LOCK_BUSY : 1;
}

async function main(): Promise<void> {
  const home = process.argv[2] ?? readEnv("FILAOPS_HOME");
  if (home === undefined) throw new AppError("config-invalid", { path: "FILAOPS_HOME", reason: "it is not set" });
  const paths = homePaths(home);
  const config = await readConfig(paths);
  for (const folder of [paths.run, paths.door, paths.shared]) await makeFolder(folder);
  // A home of a version before there were any has no such folders. In containers the service `init` makes them, for the app's group.
  if (config.driver === "native") {
    for (const folder of [paths.files, paths.imports, paths.exports]) await makeFolder(folder, 0o700);
  }
  if (!(await takeLock(paths.updaterLock))) throw new AppError("updater-running", { path: paths.updaterLock });
  // Bundles are no reason not to start: on a full disk there may be a run to bring to its end.
  await prepareForBundles(paths).catch((error: unknown) => {
    log.warn({ err: error }, "the folder of bundles could not be made ready");
  });

  const ending = endingSignal();
  const world = await composeWorld({ config, paths, clock, log, applicationName: "filaops-updater" });
  const updaterVersion = await ownVersion();
  const installed = () => installedFor(world, updaterVersion);
  const checker = createReleaseChecker({
    ...{ config, paths, clock, log, installed },
    random: Math.random,
    settings: () => readCheckSettings(paths, log),
    instance: async () => (await readState(paths)).instanceId,
    shelf: createBundleShelf(paths, takesOf(config)),
  });
  const exclusive = createExclusive();
  const login = {
    host: config.postgres.host,
    port: config.postgres.port,
    user: config.postgres.owner,
    password: await readSecret(paths.ownerPassword),
  };
  const target = { login, database: config.postgres.database };
  const audit = createAudit({ path: paths.audit, clock, log });
  const spawn = (run: string) => spawnRunner(world, run);
  const cap = async () => (await readFarmSettings(login, config.postgres.database)).cap;
  const automatic = createAutomatic({ world, checker, own: updaterVersion, cap, audit, spawn });
  const duties = {
    ...dutiesOf(world, { target, updaterVersion }),
    continueChain: () => continueChain(world, { checker, own: updaterVersion, audit, spawn }),
    // The nightly backup and what else is due go first.
    startDue: async () => ((await startDue(world, spawn)) === "started" ? "started" : automatic.look()),
  };
  const supervisor = createSupervisor({ duties, exclusive, clock, log });
  const messages = createMessages({ world, checker, automatic, target });
  const service = await serve({
    socketPath: paths.updaterSocket,
    tokens: { web: await readSecret(paths.webToken), operator: await readSecret(paths.operatorToken) },
    operations: createOperations({
      ...{ world, checker, exclusive, messenger: messages, automatic },
      ...{ runBegan: supervisor.runBegan, version: updaterVersion },
    }),
    users: createUsers({ ...target, clock }),
    clock,
    audit,
    log,
  });
  log.info({ version: updaterVersion }, "the updater serves its socket");
  await Promise.all([supervisor.run(ending), checkNowAndThen(checker, ending), mendLoader(world, ending), messages.run(ending)]);
  await service.close();
  await world.close();
}

type Own = { target: Parameters<typeof project>[1]; updaterVersion: Version };

function dutiesOf(world: World, { target, updaterVersion }: Own) {
  const { paths } = world;
  return {
    lockHeld: () => lockHolder(paths.runLock) !== null,
    openRun: () => openRun(paths),
    spawnRunner: (run: string) => spawnRunner(world, run),
    settle: () => settle(world),
    project: () => project(world, target),
    collectGarbage: () => collectGarbage(world),
    handOver: () => handOver(world, updaterVersion),
    keepAlive: async () => {
      const { slot, version, database } = await readInstallation(world);
      const outcome = await keepAlive(world.driver, { slot, version, database: database.name });
      if (outcome === "restarted") log.warn({ slot, version }, "the app was not running and was started again");
    },
  };
}

async function installedFor(world: World, updaterVersion: string) {
  const { version, highestCommitted } = await readInstallation(world);
  const server = await world.databases.serverVersion().catch(() => null);
  return { version, highestCommitted, updaterVersion, postgresMajor: server?.major ?? null };
}

/** The checker itself keeps the pace, on the disk; so a restart asks no more often. */
async function checkNowAndThen(checker: ReturnType<typeof createReleaseChecker>, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    await checker.check({ force: false }).catch((error: unknown) => {
      log.error({ err: error }, "looking for releases did not work");
    });
    await clock.sleep(CHECK_TICK_MS, ending).catch(() => undefined);
  }
}

function endingSignal(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "the updater ends");
      ending.abort();
    });
  }
  return ending.signal;
}
