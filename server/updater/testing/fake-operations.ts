import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Ulid } from "../../platform/contract.ts";
import { AppError } from "../../platform/errors.ts";
import type { AutomaticView } from "../../updates/automatic-contract.ts";
import type { BundleItem } from "../../releases/bundle-contract.ts";
import type { Plan, Status } from "../../updates/contract.ts";
import type { DiskUse } from "../../updates/disk-contract.ts";
import type { BackupsOverview } from "../backup-contract.ts";
import type { MessagesView } from "../messages-contract.ts";
import type { Operations } from "../operations.ts";

export const RUN = "01JD0000000000000000000RVN";
export const OTHER_RUN = "01JD0000000000000000000THR";
export const PLAN = "01JD0000000000000000000P1N";
export const UNDO_PLAN = "01JD0000000000000000000VND";
export const RESTORE_PLAN = "01JD0000000000000000000RST";
export const FRESH_PLAN = "01JD0000000000000000000FRS";
export const BACKUP = "01JD000000000000000000BACK";
const NOW = "2026-11-23T12:00:00.000Z";

export const BUNDLE: BundleItem = {
  ...{ name: "filaops-1.1.0.bundle.tar", bytes: 1000, laidAt: NOW, version: "1.1.0", state: "available", problem: null },
};

const DISK_USE: DiskUse = {
  ...{ measuredAt: NOW, freeBytes: 1e9, databaseFreeBytes: null, database: { bytes: 1e6 }, keptDatabases: [], releases: [] },
  backups: { bytes: 1e6, count: 1, removable: 0, goNext: 0 },
  files: { bytes: 0, count: 0 },
  copies: { bytes: 0 },
  exports: { bytes: 0 },
  imports: { bytes: 0 },
  bundles: { bytes: 0, count: 0 },
  records: { bytes: 1000 },
};

const NO_MESSAGES: MessagesView = {
  channels: [],
  quiet: { enabled: false, from: "22:00", to: "07:00", timeZone: "UTC", urgentPasses: false },
  allowed: [],
};

const AUTOMATIC: AutomaticView = {
  settings: { enabled: false, from: "02:00", to: "05:00", timeZone: "UTC", minAgeDays: 7, quietMinutes: 15 },
  decision: { kind: "off" },
  notBefore: null,
};

/** Operations that remember what was asked of them; a run is open from the first start on. */
export function fakeOperations(): Operations & { calls: [name: string, ...args: unknown[]][]; end: () => void } {
  const calls: [string, ...unknown[]][] = [];
  const keys = new Map<string, Ulid>();
  let open: Ulid | null = null;
  const remember = <T>(name: string, argument: unknown, answer: T): Promise<T> => {
    calls.push([name, argument]);
    return Promise.resolve(answer);
  };
  return {
    calls,
    end: () => (open = null),
    installation: () => Promise.resolve({ version: "1.0.0", schemaHead: "001_first", since: NOW, failedVersions: [] }),
    releases: () => Promise.resolve({ kind: "current", checkedAt: NOW, refused: [], stale: null }),
    check: () => remember("check", null, { kind: "current", checkedAt: NOW, refused: [], stale: null }),
    chain: () => Promise.resolve(null),
    look: () => remember("look", null, { kind: "current", checkedAt: NOW, refused: [], stale: null }),
    checkSettings: () => Promise.resolve({ v: 1, channel: "stable", automatic: true }),
    setCheckSettings: async (settings) => {
      await remember("setCheckSettings", settings, null);
    },
    automatic: () => Promise.resolve(AUTOMATIC),
    setAutomatic: async (wish) => {
      await remember("setAutomatic", wish, null);
    },
    notTonight: async (night) => {
      await remember("notTonight", night, null);
    },
    release: (version) => {
      calls.push(["release", version]);
      return Promise.reject(new AppError("release-unknown", { version }));
    },
    way: (version) => {
      calls.push(["way", version]);
      return Promise.reject(new AppError("release-unknown", { version }));
    },
    planUpdate: (request) => remember("planUpdate", request, planOf("update")),
    planFresh: (request) => remember("planFresh", request, planOf("start_fresh")),
    planUndo: (request) => remember("planUndo", request, planOf("undo")),
    plan: (id) => {
      calls.push(["plan", id]);
      const kind = KINDS.find((one) => planIdOf(one) === id);
      const found = kind === undefined ? null : planOf(kind);
      return found === null ? Promise.reject(new AppError("not-found", { what: "plan" })) : Promise.resolve(found);
    },
    start: (request) => {
      const joined = open !== null;
      open ??= RUN;
      keys.set(request.idempotencyKey, open);
      return remember("start", request, { run: open, joined });
    },
    startedWith: (key) => Promise.resolve(keys.get(key) ?? null),
    cancel: async (run, actor) => {
      await remember("cancel", { run, actor }, null);
    },
    openChange: () => Promise.resolve(open),
    backupsOverview: () => remember("backups", null, backupsOverview()),
    planJob: (request) => remember("planJob", request, planOf(request.job.kind)),
    planRestore: (request) => remember("planRestore", request, planOf("restore")),
    setKeep: async (backup, keep) => {
      await remember("setKeep", { backup, keep }, null);
    },
    removeBackup: async (backup) => {
      await remember("removeBackup", backup, null);
    },
    previewRetention: (settings) => remember("previewRetention", settings, [BACKUP]),
    packBackup: (backup) => remember("packBackup", backup, { stream: Readable.from([Buffer.from("archive")]), bytes: 7 }),
    receiveBackup: async (archive, { declaredBytes }) => {
      const content = await text(archive);
      return remember("receiveBackup", { content, declaredBytes }, { id: BACKUP, origin: "ours" });
    },
    bundles: () => remember("bundles", null, { folder: "/home/bundles", bundles: [BUNDLE] }),
    receiveBundle: async (bundle, { declaredBytes }) => {
      const content = await text(bundle);
      return remember("receiveBundle", { content, declaredBytes }, { bundle: BUNDLE, origin: "new" });
    },
    removeBundle: async (name) => {
      await remember("removeBundle", name, null);
    },
    adoptBackup: async (backup) => {
      await remember("adoptBackup", backup, null);
    },
    offsiteSettings: () => Promise.resolve(null),
    offsiteCopies: () => Promise.reject(new AppError("offsite-not-set-up", {})),
    testOffsite: (wanted) => remember("testOffsite", wanted, { bytes: 1, milliseconds: 1, clockAheadSeconds: 0 }),
    setOffsite: (wanted) => remember("setOffsite", wanted, { bytes: 1, milliseconds: 1, clockAheadSeconds: 0 }),
    removeOffsite: async () => {
      await remember("removeOffsite", null, null);
    },
    messages: () => Promise.resolve(NO_MESSAGES),
    messageDeliveries: () => Promise.resolve([]),
    setMessageChannel: (wanted) => remember("setMessageChannel", wanted, RUN),
    removeMessageChannel: async (channel) => {
      await remember("removeMessageChannel", channel, null);
    },
    setQuietHours: async (quiet) => {
      await remember("setQuietHours", quiet, null);
    },
    testMessageChannel: (wanted) => remember("testMessageChannel", wanted, "0".repeat(32)),
    allowMessageAddresses: async (allowed) => {
      await remember("allowMessageAddresses", allowed, null);
    },
    setBackupSettings: async (settings) => {
      await remember("setBackupSettings", settings, null);
    },
    status: () => Promise.resolve(statusOf()),
    statusOf: () => Promise.resolve(statusOf()),
    history: () => Promise.resolve([]),
    log: (run) => remember("log", run, [{ at: NOW, text: "Checking this computer" }]),
    diskUse: () => remember("diskUse", null, DISK_USE),
    service: () => Promise.resolve({ version: "1.0.0", problem: null }),
    settleByPerson: async () => {
      await remember("settle", null, null);
    },
    whileIdle: (act) => (open === null ? act() : Promise.reject(new AppError("run-under-way", { run: open }))),
  };
}

const KINDS = ["update", "undo", "restore", "start_fresh"] as const;

function planIdOf(kind: Plan["kind"]): Ulid {
  const ids: Partial<Record<Plan["kind"], Ulid>> = { undo: UNDO_PLAN, restore: RESTORE_PLAN, start_fresh: FRESH_PLAN };
  return ids[kind] ?? PLAN;
}

/** A plan as the engine would save it. */
export function planOf(kind: Plan["kind"]): Plan {
  const live = { name: "filaops", oid: 16_400 };
  return {
    v: 1,
    id: planIdOf(kind),
    kind,
    from: "1.0.0",
    to: "1.1.0",
    createdAt: NOW,
    expiresAt: NOW,
    createdBy: { kind: "operator" },
    steps: ["preflight"],
    findings: [],
    estimate: { basis: "none", totalMs: null, pauseMs: null, holdMs: null, steps: {} },
    release: null,
    schemaHead: "002_second",
    database: {
      live,
      bytes: 1000,
      settings: { settings: [], connectionLimit: -1, comment: null, grants: [], encoding: "UTF8", collate: "C", ctype: "C" },
      green: "filaops_a",
      kept: "filaops_b",
    },
    slots: { blue: "blue", green: "green" },
    undoes: kind === "undo" ? { run: RUN, kind: "update", kept: { name: "filaops_b", oid: 16_300 }, lost: { tables: [] } } : null,
    backup: kind === "restore" ? restored() : null,
    fresh: kind === "start_fresh" ? { books: { tables: [] }, lastExportAt: NOW, keptDays: 7 } : null,
    making: null,
    endsSessions: kind === "restore" || kind === "start_fresh",
    chain: null,
    breaking: null,
  };
}

function restored(): Plan["backup"] {
  const tables = [{ table: "orders", rows: 1, totals: {} }];
  return { id: BACKUP, createdAt: NOW, version: "1.0.0", schemaHead: "001_first", books: { tables }, lost: { tables: [] } };
}

function backupsOverview(): BackupsOverview {
  return {
    backups: [],
    settings: {
      v: 1,
      since: NOW,
      schedule: { enabled: true, at: "02:00", timeZone: "UTC", weeklyDrill: true },
      retention: { last: 5, daily: 7, weekly: 4, monthly: 6, minimum: 3 },
    },
    nextAt: NOW,
    job: null,
    concern: null,
    undoDays: 7,
    disk: { freeBytes: 1e9, backupsBytes: 0 },
  };
}

export function statusOf(): Status {
  return {
    v: 1,
    run: RUN,
    kind: "update",
    undoes: null,
    about: null,
    chain: null,
    endsSessions: false,
    from: "1.0.0",
    to: "1.1.0",
    seedStatus: "backing_up",
    outcome: null,
    startedAt: NOW,
    updatedAt: NOW,
    finishedAt: null,
    startedBy: { kind: "operator" },
    percent: 30,
    steps: [{ name: "preflight", title: "Checking this computer", state: "done", ms: 300, progress: null, detail: "a detail" }],
    people: "all",
    goingBack: false,
    canCancel: true,
    problem: null,
    warnings: [],
    pauseMs: null,
    books: { before: null, after: null },
    estimateMs: null,
    backup: null,
    leaseSeconds: 15,
  };
}
