import type { createBackups } from "../backups/backups.ts";
import type { BackupSettings } from "../backups/contract.ts";
import type { Databases } from "../databases/databases.ts";
import type { Instance } from "../deployment/contract.ts";
import type { Driver } from "../deployment/driver.ts";
import type { DrainAnswer, DrainRequest, GateReport, SetGate } from "../gate/contract.ts";
import type { ObjectStore } from "../offsite/object-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import type { Ulid, Version } from "../platform/contract.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import type { DatabaseDisk } from "./database-disk.ts";
import type { SessionEpoch } from "./session-epoch.ts";

/** The gate, as steps use it. */
export type Gate = {
  report: () => Promise<GateReport>;
  set: (state: SetGate) => Promise<GateReport>;
  drain: (request: DrainRequest) => Promise<DrainAnswer>;
};

/** Backups, as steps and the updater use them. */
export type Backups = ReturnType<typeof createBackups>;

/** Asks an instance as a browser would: sign-in page, an asset, health with this version and schema head. Throws `probe-failed`. */
export type Probe = (instance: Instance, expected: { version: Version; schemaHead: string }) => Promise<void>;

/** All that a run needs of the world; nothing else is reached for. Tests build it in memory. */
export type World = {
  config: Config;
  paths: HomePaths;
  clock: Clock;
  log: Log;
  gate: Gate;
  databases: Databases;
  driver: Driver;
  backups: Backups;
  backupSettings: () => Promise<BackupSettings>;
  /** The backups of runs that can still be undone: a person may want to go further back than the undo does. */
  referredBackups: () => Promise<Ulid[]>;
  probe: Probe;
  /** Where backups are copied to, and to which key; `null` where that was not set up. */
  offsite: () => Promise<{ store: ObjectStore; recipient: string } | null>;
  sessionEpoch: SessionEpoch;
  /** Free bytes on the disk that holds `FILAOPS_HOME`. */
  freeBytes: () => Promise<number>;
  /** The disk that PostgreSQL keeps its data on; `null` when it cannot be seen from here. */
  databaseDisk: () => Promise<DatabaseDisk | null>;
  /** Space reserved for a full disk (design 4): taken in preflight, given up when the journal meets ENOSPC, removed at the end. */
  ballast: { reserve: () => Promise<void>; release: () => Promise<void> };
  /** The major of the dump program that backups use. */
  dumpMajor: () => Promise<number>;
  close: () => Promise<void>;
};
