import { createBackups } from "../backups/backups.ts";
import { dumpVersion } from "../backups/dump.ts";
import { readBackupSettings } from "../backups/settings.ts";
import { createDatabases } from "../databases/postgres.ts";
import { openDriver } from "../deployment/open-driver.ts";
import { createGateClient } from "../gate/client.ts";
import { openOffsite } from "../offsite/settings.ts";
import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { readSecret } from "../platform/config.ts";
import { freeBytes } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import { createBallast } from "./ballast.ts";
import { lookAtDatabaseDisk } from "./database-disk.ts";
import { probe } from "./probe.ts";
import { referredBackups } from "./referred-backups.ts";
import { createSessionEpoch } from "./session-epoch.ts";
import type { World } from "./world.ts";

/** The real world of a run: PostgreSQL as the owner, the driver of the configuration, the gate's socket, the disk. */
export async function composeWorld(options: {
  config: Config;
  paths: HomePaths;
  clock: Clock;
  log: Log;
  /** What our database connections are called: `filaops-run-<ulid>` for a run, another name for the updater. */
  applicationName: string;
}): Promise<World> {
  const { config, paths, clock, log, applicationName } = options;
  const { host, port, database, owner, app, writer, loader } = config.postgres;
  const ownerPassword = await readSecret(paths.ownerPassword);
  const databases = createDatabases({
    host,
    port,
    roles: { owner, app, writer, loader },
    ownerPassword,
    live: database,
    applicationName,
    clock,
  });
  return {
    config,
    paths,
    clock,
    log,
    gate: createGateClient(paths.gateSocket, clock),
    databases,
    driver: openDriver({ paths, config, clock, log }),
    backups: createBackups({
      paths,
      binaries: config.postgres.binaries,
      login: { host, port, user: owner, password: ownerPassword },
      database,
      instanceKey: await readSecret(paths.instanceKey),
      applicationName,
      clock,
    }),
    backupSettings: () => readBackupSettings({ paths, config, clock }),
    referredBackups: () => referredBackups({ paths, config }),
    offsite: () => openOffsite(paths, clock),
    sessionEpoch: createSessionEpoch(paths),
    probe,
    freeBytes: () => freeBytes(paths.home),
    databaseDisk: () => lookAtDatabaseDisk({ paths, config }, databases),
    ballast: createBallast(paths.ballast),
    dumpMajor: async () => (await dumpVersion(config.postgres.binaries)).major,
    close: () => databases.close(),
  };
}
