import { expect } from "vitest";
import type { Backup, BackupSettings } from "../../backups/contract.ts";
import type { Backups } from "../world.ts";
import type { MemoryDisk, Power } from "./memory-disk.ts";
import { TEST_BACKUP } from "./plans.ts";

export const TEST_SETTINGS: BackupSettings = {
  v: 1,
  since: "2026-01-05T08:00:00.000Z",
  schedule: { enabled: true, at: "02:00", timeZone: "UTC", weeklyDrill: true },
  retention: { last: 5, daily: 7, weekly: 4, monthly: 6, minimum: 3 },
};

/** The backups of a world in memory: one is there from the beginning. */
export function memoryBackups(disk: MemoryDisk, { moment, long }: Power): Backups {
  const there = () => [TEST_BACKUP, ...disk.backups];
  return {
    create: ({ id }) =>
      moment(() => {
        disk.backups.push(id);
        return memoryBackup(id);
      }),
    verify: () => moment(() => undefined),
    load: ({ database }) =>
      long(() => {
        const target = disk.databases.find(({ name }) => name === database);
        // The database went while a killed client's restore went on: it ends with an error.
        if (target === undefined) return;
        Object.assign(target, { head: disk.backedUp.head, rows: [...disk.backedUp.rows], owners: 1 });
      }),
    find: (id) => moment(() => (there().includes(id) ? memoryBackup(id) : null)),
    manifest: () => moment(() => expect.unreachable("plans are made elsewhere")),
    pack: () => moment(() => expect.unreachable("no run does it")),
    receive: () => moment(() => expect.unreachable("no run does it")),
    takeIn: () => moment(() => expect.unreachable("no run does it")),
    adopt: () => moment(() => expect.unreachable("no run does it")),
    isForeign: () => moment(() => false),
    putFilesBack: () => moment(() => 0),
    heldFiles: () => moment(() => new Set<string>()),
    list: () => moment(() => there().map(memoryBackup)),
    listAll: () => moment(() => []),
    markDrilled: () => moment(() => undefined),
    forgetCopies: () => moment(() => undefined),
    markCopied: () => moment(() => undefined),
    setKeep: () => moment(() => undefined),
    remove: () => moment(() => undefined),
    removePartial: () => moment(() => undefined),
    removeStale: () => moment(() => undefined),
    previewRetention: () => moment(() => ({ stay: new Map(), go: [] })),
    applyRetention: () => moment(() => []),
  };
}

function memoryBackup(id: string): Backup {
  const createdAt = "2026-01-05T08:00:00.000Z";
  return {
    id,
    kind: "pre_update",
    createdAt,
    run: null,
    version: "1.0.0",
    schemaHead: "1_init",
    bytes: 1,
    note: "",
    lacking: [],
  };
}
