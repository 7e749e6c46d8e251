import type { Databases } from "../../databases/databases.ts";
import type { Books, DatabaseIdentity, DatabaseSettings } from "../../databases/contract.ts";
import type { Instance, SlotName } from "../../deployment/contract.ts";
import type { Driver } from "../../deployment/driver.ts";
import { AppError } from "../../platform/errors.ts";
import { silentLog } from "../../platform/log.ts";
import { homePaths } from "../../platform/home.ts";
import type { Gate, World } from "../world.ts";
import { memoryBackups, TEST_SETTINGS } from "./memory-backups.ts";
import type { Installed, MemoryDatabase, MemoryDisk, Power } from "./memory-disk.ts";
import { HEADS, createPower, firstDisk, instance } from "./memory-disk.ts";
import { testConfig } from "./plans.ts";
import { createVirtualClock } from "./virtual-clock.ts";

/**
 * The world of a run in memory, with a power switch: every call has a moment before its effect and one after it, and long ones a moment in
 * which their backend works on alone. `cutAt` counts these moments.
 */
export type MemoryWorld = {
  world: World;
  disk: MemoryDisk;
  /** One call's moments around an effect; the journal of the tests uses it as well. */
  moment: <T>(effect: () => T) => Promise<T>;
  moments: () => number;
  cutAt: (moment: number) => void;
  boot: () => void;
};

export const NO_SETTINGS: DatabaseSettings = {
  settings: [],
  connectionLimit: -1,
  comment: null,
  grants: [],
  encoding: "UTF8",
  collate: "C",
  ctype: "C",
};

/** `finishAfter`: how many calls later the backend of a killed client finishes what it was doing. */
export function createMemoryWorld({
  finishAfter = 8,
  installed = "1.0.0",
}: { finishAfter?: number; installed?: Installed } = {}): MemoryWorld {
  const clock = createVirtualClock();
  const disk = firstDisk(installed);
  const power = createPower(disk, finishAfter);
  const world: World = {
    config: testConfig,
    paths: homePaths("/nowhere"),
    clock,
    log: silentLog,
    gate: memoryGate(disk, power.moment),
    databases: memoryDatabases(disk, power),
    driver: memoryDriver(disk, power),
    backups: memoryBackups(disk, power),
    backupSettings: () => power.moment(() => TEST_SETTINGS),
    referredBackups: () => power.moment(() => []),
    offsite: () => power.moment(() => null),
    sessionEpoch: {
      read: () => power.moment(() => disk.sessionEpoch),
      raise: (to) => power.moment(() => void (disk.sessionEpoch = Math.max(disk.sessionEpoch, to))),
    },
    probe: () => power.moment(() => undefined),
    freeBytes: () => power.moment(() => 1e12),
    databaseDisk: () => power.moment(() => ({ path: "/nowhere/postgres", freeBytes: 1e12, sameAsHome: true })),
    ballast: {
      reserve: () => power.moment(() => void (disk.ballast = true)),
      release: () => power.moment(() => void (disk.ballast = false)),
    },
    dumpMajor: () => power.moment(() => 15),
    close: () => Promise.resolve(),
  };
  return { world, disk, moment: power.moment, moments: power.moments, cutAt: power.cutAt, boot: power.boot };
}

type Moment = Power["moment"];

function memoryGate(disk: MemoryDisk, moment: Moment): Gate {
  const report = () => ({
    state: disk.gate,
    inFlight: { reads: 0, writes: 0, streams: 0 },
    held: 0,
    unanswered: 0,
    longestHoldMs: 0,
  });
  return {
    report: () => moment(report),
    set: (state) =>
      moment(() => {
        disk.gate = { v: 1, since: "2026-01-05T08:00:00.000Z", ...state };
        return report();
      }),
    drain: () => moment(() => ({ drained: true, remaining: 0 })),
  };
}

function memoryDriver(disk: MemoryDisk, { moment, long }: Power): Driver {
  return {
    misfits: () => moment(() => []),
    inspect: () => moment(() => ({ ...disk.slots })),
    answers: () => moment(() => undefined),
    settle: () => moment(() => undefined),
    has: (version) => moment(() => disk.releases.includes(version)),
    fetch: (release) => moment(() => void (disk.releases = [...new Set([...disk.releases, release.version])])),
    answersAgain: (version) =>
      moment(() => {
        present(disk, version);
      }),
    fetchAgain: (version) =>
      moment(() => {
        present(disk, version);
      }),
    keep: () => moment(() => undefined),
    start: (slot, version, database) => moment(() => (disk.slots[slot] = started(disk.slots[slot], { slot, version, database }))),
    park: () => moment(() => undefined),
    stop: (slot) =>
      moment(() => {
        disk.slots = Object.fromEntries(Object.entries(disk.slots).filter(([name]) => name !== slot));
      }),
    health: (slot) => moment(() => memoryHealth(disk, slot)),
    runOnce: (version, _command, { database }) => long(() => void (named(disk, database).head = HEADS[version] ?? "")),
    endCommands: () => moment(() => undefined),
    handOver: () => moment(() => undefined),
    bytes: () => moment(() => 1000),
    remove: (version) => moment(() => void (disk.releases = disk.releases.filter((one) => one !== version))),
  };
}

/** What runs already goes on. */
function started(now: Instance | undefined, wanted: Pick<Instance, "slot" | "version" | "database">): Instance {
  const isIt = now?.version === wanted.version && now.database === wanted.database;
  return isIt ? now : instance(wanted.slot, wanted.version, wanted.database);
}

function present(disk: MemoryDisk, version: string): void {
  if (disk.releases.includes(version)) return;
  throw new AppError("version-gone", { version, reason: "nobody has it", todo: "Look for it." });
}

function memoryHealth(disk: MemoryDisk, slot: SlotName) {
  const running = disk.slots[slot];
  if (running === undefined) return { kind: "stopped" } as const;
  const database = disk.databases.find(({ name, connections }) => name === running.database && connections)?.head ?? null;
  const build = HEADS[running.version] ?? "";
  const ready = database === build;
  const answer = {
    status: ready ? "ready" : "not-ready",
    version: running.version,
    schemaHead: { build, database },
    reason: null,
  } as const;
  return ready ? ({ kind: "ready", answer } as const) : ({ kind: "not-ready", answer, reason: "schema" } as const);
}

function named(disk: MemoryDisk, name: string): MemoryDatabase {
  const found = disk.databases.find((database) => database.name === name);
  if (found === undefined) throw new AppError("unexpected", { detail: `no database ${name}` });
  return found;
}

function booksOf({ rows, owners }: MemoryDatabase): Books {
  return {
    tables: [
      { table: "orders", rows: rows.length, totals: {} },
      { table: "users", rows: owners, totals: {} },
    ],
  };
}

const MEMORY_LOGIN = { host: "127.0.0.1", port: 1, user: "filaops_loader", password: "" };

function memoryDatabases(disk: MemoryDisk, { moment, long }: Power): Databases {
  const identity = (database: MemoryDatabase | undefined): DatabaseIdentity | null =>
    database === undefined ? null : { name: database.name, oid: database.oid };
  const byOid = (oid: number) => disk.databases.find((database) => database.oid === oid);
  return {
    find: (name) => moment(() => identity(disk.databases.find((database) => database.name === name))),
    findByOid: (oid) => moment(() => identity(byOid(oid))),
    bytes: () => moment(() => 1e6),
    settings: () => moment(() => NO_SETTINGS),
    schemaHead: (name) => moment(() => named(disk, name).head),
    dataDirectory: () => moment(() => null),
    serverVersion: () => moment(() => ({ text: "15", major: 15 })),
    blockers: () => moment(() => []),
    closeFence: () => moment(() => void (disk.fence = "closed")),
    openFence: () => moment(() => void (disk.fence = "open")),
    fence: () => moment(() => disk.fence),
    books: (name) => moment(() => booksOf(named(disk, name))),
    dataHash: (name) => moment(() => named(disk, name).rows.join()),
    endSessions: () => moment(() => undefined),
    allowConnections: (name) => moment(() => void (named(disk, name).connections = true)),
    copy: (source, target) =>
      long(() => {
        if (disk.databases.some((database) => database.name === target)) {
          throw new AppError("unexpected", { detail: "it exists" });
        }
        const copied = { ...named(disk, source.name), rows: [...named(disk, source.name).rows], name: target, oid: disk.nextOid };
        disk.nextOid += 1;
        disk.databases.push(copied);
        return { name: target, oid: copied.oid };
      }),
    create: (name) =>
      moment(() => {
        if (disk.databases.some((database) => database.name === name)) throw new AppError("unexpected", { detail: "it exists" });
        const made = { name, oid: disk.nextOid, head: "", rows: [], owners: 0, connections: true };
        disk.nextOid += 1;
        disk.databases.push(made);
        return { name, oid: made.oid };
      }),
    // The moments of what fills it are those of its own.
    fill: (_target, work) => moment(() => undefined).then(() => work(MEMORY_LOGIN)),
    loaderRemedy: () => moment(() => null),
    referredFiles: () => moment(() => []),
    writtenSince: () => moment(() => ({ tables: [] })),
    drop: (oid) =>
      moment(() => {
        if (byOid(oid)?.name === "filaops") throw new AppError("unexpected", { detail: "the live database" });
        disk.databases = disk.databases.filter((database) => database.oid !== oid);
      }),
    applyGrants: () => moment(() => undefined),
    defects: () => moment(() => []),
    swap: ({ incoming, outgoing, keptName }) =>
      long(() => {
        const [now, before] = [byOid(incoming), byOid(outgoing)];
        if (now === undefined || before === undefined) throw new AppError("unexpected", { detail: "one of the two is missing" });
        if (now.name === "filaops") return;
        const taken = disk.databases.some(({ name }) => name === keptName);
        if (taken) throw new AppError("unexpected", { detail: "the name is taken" });
        before.name = keptName;
        now.name = "filaops";
      }),
    changesSince: () => moment(() => ({ tables: [] })),
    carryOver: (from, to) =>
      moment(() => {
        const { owners } = named(disk, from);
        named(disk, to).owners = owners;
        return { owners, settings: 0 };
      }),
    raiseSequences: () => moment(() => undefined),
    endBackends: () => moment(() => void (disk.unfinished = [])),
    close: () => Promise.resolve(),
  };
}
