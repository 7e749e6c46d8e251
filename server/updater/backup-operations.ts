import type { Readable } from "node:stream";
import { concern as concernOf } from "../backups/rules/due.ts";
import type { Concern } from "../backups/rules/due.ts";
import { nextTimeOfDay } from "../backups/rules/calendar.ts";
import type { BackupSettings, ListedBackup } from "../backups/contract.ts";
import type { ReceiveOptions, Received } from "../backups/receive.ts";
import { writeBackupSettings } from "../backups/settings.ts";
import type { Actor, Problem, Ulid } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { Plan } from "../updates/contract.ts";
import type { Job } from "../updates/plan.ts";
import { planJob, planRestore } from "../updates/plan.ts";
import { readRecords } from "../updates/records.ts";
import { dataSince } from "../updates/rules/installation.ts";
import { readJobStatus } from "../updates/status-file.ts";
import type { World } from "../updates/world.ts";
import type { BackupsOverview } from "./backup-contract.ts";

/** What the updater's service does with backups: the port behind the socket. Nothing in it takes a path. */
export type BackupOperations = {
  backupsOverview: () => Promise<BackupsOverview>;
  planJob: (request: { job: Job; actor: Actor }) => Promise<Plan>;
  /** Throws `backup-newer`, `not-found`, or what is wrong with the backup. */
  planRestore: (request: { backup: Ulid; actor: Actor }) => Promise<Plan>;
  setKeep: (backup: Ulid, keep: boolean) => Promise<void>;
  /** Throws `backup-needed`. */
  removeBackup: (backup: Ulid) => Promise<void>;
  /** Which would go with the next backup if these were the rules. */
  previewRetention: (settings: Pick<BackupSettings, "schedule" | "retention">) => Promise<Ulid[]>;
  setBackupSettings: (settings: Pick<BackupSettings, "schedule" | "retention">) => Promise<void>;
  /** The archive of a backup, and its exact size. Throws `not-found` or `backup-damaged`. */
  packBackup: (backup: Ulid) => Promise<{ stream: Readable; bytes: number }>;
  /** Takes in an archive that came from elsewhere; what it is not it says in words (`archive-not-taken`, `backup-damaged`). */
  receiveBackup: (archive: Readable, options: ReceiveOptions) => Promise<Received>;
  /** The operator has said that a foreign backup can be trusted: it becomes one of ours. */
  adoptBackup: (backup: Ulid) => Promise<void>;
};

type WhileIdle = <T>(act: () => Promise<T>) => Promise<T>;

/** The operations on the real engine. What changes backups waits for no run, and lets none begin meanwhile. */
export function createBackupOperations(world: World, whileIdle: WhileIdle): BackupOperations {
  const { backups, clock } = world;
  return {
    backupsOverview: () => overview(world),
    planJob: ({ job, actor }) => planJob(world, job, actor),
    planRestore: (request) => planRestore(world, request),
    setKeep: (id, keep) =>
      whileIdle(async () => {
        await listed(world, id);
        await backups.setKeep(id, keep);
      }),
    removeBackup: (id) =>
      whileIdle(async () => {
        await refuseIfNeeded(world, await listed(world, id));
        await backups.remove(id);
      }),
    previewRetention: async (settings) => {
      const since = clock.now().toISOString();
      const referred = await world.referredBackups();
      return (await backups.previewRetention({ settings: { v: 1, since, ...settings }, referred })).go;
    },
    packBackup: (id) => backups.pack(id),
    receiveBackup: (archive, options) => backups.receive(archive, options),
    adoptBackup: (id) =>
      whileIdle(async () => {
        await backups.adopt(id);
      }),
    setBackupSettings: (settings) =>
      whileIdle(async () => {
        await writeBackupSettings(world, settings);
      }),
  };
}

async function overview(world: World): Promise<BackupsOverview> {
  const { backups, clock, paths } = world;
  const [settings, all, referred] = [await world.backupSettings(), await backups.listAll(), await world.referredBackups()];
  const { stay, go } = await backups.previewRetention({ settings, referred });
  const good = all.flatMap(({ backup }) => (backup === null ? [] : [backup]));
  const since = dataSince(await readRecords(paths));
  const { at, timeZone, enabled } = settings.schedule;
  return {
    backups: all.map((one) => ({
      ...one,
      stays: stay.get(one.id) ?? null,
      goesNext: go.includes(one.id),
      needed: referred.includes(one.id),
    })),
    settings,
    nextAt: enabled ? nextTimeOfDay(clock.now(), at, timeZone).toISOString() : null,
    job: await readJobStatus(paths),
    concern: inWords(concernOf(settings, comparable(good, since), clock.now())),
    undoDays: world.config.undoDays,
    disk: { freeBytes: await world.freeBytes(), backupsBytes: good.reduce((sum, { bytes }) => sum + bytes, 0) },
  };
}

/** Of other data than what is live now, the size says nothing about the newest one. */
export function comparable<T extends { createdAt: string }>(good: readonly T[], since: string | null): T[] {
  return good.filter(({ createdAt }, index) => index === 0 || since === null || createdAt >= since);
}

function inWords(concern: Concern): Problem | null {
  if (concern.kind === "overdue") return new AppError("backup-overdue", { lastAt: concern.lastAt }).problem;
  if (concern.kind === "shrunk") return new AppError("backup-shrunk", { from: concern.from, to: concern.to }).problem;
  return null;
}

async function listed({ backups }: World, id: Ulid): Promise<ListedBackup> {
  const found = (await backups.listAll()).find((one) => one.id === id);
  if (found === undefined) throw new AppError("not-found", { what: "backup" });
  return found;
}

/** A person may remove what a rule would keep, but not what is needed, what somebody marked, or the last one that is good. */
async function refuseIfNeeded({ backups, referredBackups }: World, { id, keep, backup }: ListedBackup): Promise<void> {
  const refuse = (reason: string) => {
    throw new AppError("backup-needed", { reason });
  };
  if (keep) refuse("it is marked to be kept. Take that mark away first.");
  if ((await referredBackups()).includes(id)) {
    refuse("an update, a restore or a fresh start that can still be undone refers to it.");
  }
  if (backup !== null && (await backups.list()).length === 1) refuse("it is the only good one.");
}
