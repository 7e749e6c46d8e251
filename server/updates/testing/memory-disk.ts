import type { Instance, SlotName } from "../../deployment/contract.ts";
import type { GateState } from "../../gate/contract.ts";

/** The power went: nothing answers any more until the next boot. */
export class PowerCut extends Error {}

/** `owners`: accounts that could sign in. */
export type MemoryDatabase = { name: string; oid: number; head: string; rows: string[]; owners: number; connections: boolean };

/** What survives a power cut. */
export type MemoryDisk = {
  databases: MemoryDatabase[];
  fence: "open" | "closed";
  gate: GateState;
  slots: Partial<Record<SlotName, Instance>>;
  releases: string[];
  backups: string[];
  /** What is in the backup that is there from the beginning. */
  backedUp: Pick<MemoryDatabase, "head" | "rows">;
  sessionEpoch: number;
  ballast: boolean;
  /** Saves that were answered with "saved", and the database that they went to. */
  acknowledged: { oid: number; row: string }[];
  nextOid: number;
  /** What a killed client's backend is still doing (design 4: a killed client does not stop its server). */
  unfinished: { effect: () => void; countdown: number }[];
};

export const HEADS: Record<string, string> = { "1.0.0": "1_init", "1.1.0": "2_more", "1.2.0": "3_most" };

/** What runs in the world at first: 1.0.0, or 1.1.0 with the database that it replaced. */
export type Installed = "1.0.0" | "1.1.0 after an update";

/** A whole installation, before anything happens to it. */
export function firstDisk(installed: Installed): MemoryDisk {
  const first = { name: "filaops", oid: 10, head: "1_init", rows: ["first"], owners: 1, connections: true };
  const [slot, version] = installed === "1.0.0" ? (["blue", "1.0.0"] as const) : (["green", "1.1.0"] as const);
  const running = instance(slot, version, "filaops");
  const { host, port } = running;
  return {
    databases:
      installed === "1.0.0"
        ? [first]
        : [
            { ...first, name: "filaops_kept" },
            { ...first, oid: 11, head: "2_more", rows: ["first", "since"] },
          ],
    fence: "open",
    gate: { v: 1, mode: "proxy", target: { slot, version, host, port }, run: null, since: "2026-01-05T08:00:00.000Z" },
    slots: { [slot]: running },
    releases: installed === "1.0.0" ? ["1.0.0"] : ["1.0.0", "1.1.0"],
    backups: [],
    backedUp: { head: "1_init", rows: ["long ago"] },
    sessionEpoch: 0,
    ballast: false,
    acknowledged: [],
    nextOid: 20,
    unfinished: [],
  };
}

/** A running instance in a slot. */
export function instance(slot: SlotName, version: string, database: string): Instance {
  return {
    slot,
    version,
    database,
    host: "127.0.0.1",
    port: { blue: 1, green: 2, trial: 3 }[slot],
    pid: 1,
    startTime: "1",
    restarts: 0,
    parked: false,
  };
}

export type Power = ReturnType<typeof createPower>;

/** The power switch, and the moments at which it can go. */
export function createPower(disk: MemoryDisk, finishAfter: number) {
  let count = 0;
  let cut = Infinity;
  let dead = false;
  const tick = () => {
    if (dead) throw new PowerCut();
    count += 1;
    if (count === cut) {
      dead = true;
      throw new PowerCut();
    }
  };
  const around = () => {
    for (const work of disk.unfinished) work.countdown -= 1;
    const ripe = disk.unfinished.filter((work) => work.countdown <= 0);
    disk.unfinished = disk.unfinished.filter((work) => work.countdown > 0);
    for (const work of ripe) work.effect();
    save(disk, `moment ${count}`);
  };
  return {
    moment: async <T>(effect: () => T): Promise<T> => {
      await Promise.resolve();
      tick();
      around();
      const result = effect();
      tick();
      return result;
    },
    /** A call whose backend finishes by itself, some calls later, when the power goes in the middle. */
    long: async <T>(effect: () => T): Promise<T> => {
      await Promise.resolve();
      tick();
      around();
      try {
        tick();
      } catch (error) {
        disk.unfinished.push({ effect: () => void effect(), countdown: finishAfter });
        throw error;
      }
      const result = effect();
      tick();
      return result;
    },
    moments: () => count,
    cutAt: (moment: number) => void (cut = moment),
    boot: () => void (dead = false),
  };
}

/** Somebody saves an order, at every moment at which FilaOps lets them. */
function save(disk: MemoryDisk, what: string): void {
  const { mode, target } = disk.gate;
  if (mode !== "proxy" || disk.fence !== "open" || target === null) return;
  const running = disk.slots[target.slot];
  const live = running === undefined ? undefined : disk.databases.find((database) => database.name === running.database);
  if (running === undefined || live === undefined || HEADS[running.version] !== live.head) return;
  live.rows.push(what);
  disk.acknowledged.push({ oid: live.oid, row: what });
}
