import { expect } from "vitest";
import type { JournalEntry, Outcome, RunKind } from "../contract.ts";
import { isCommitted } from "../rules/decide.ts";
import { isJob } from "../rules/kinds.ts";
import { HEADS } from "./memory-disk.ts";
import type { MemoryDisk } from "./memory-disk.ts";

/** A run in memory that has ended. */
export type Ended = { disk: MemoryDisk; entries: readonly JournalEntry[]; outcome: Outcome; kind: ChangeKind | JobKind };

/** The kinds of runs that change what people work with. */
export type ChangeKind = Extract<RunKind, "update" | "undo" | "restore" | "start_fresh">;

/** Those that change nothing of it and have something that could be left behind. */
export type JobKind = Extract<RunKind, "backup" | "drill">;

const AS_BEFORE = { version: "1.0.0", rows: ["first"], names: ["filaops"] } as const;

/** How the databases are called when a run of this kind has ended, and which rows the live one began with. */
const WHOLE = {
  update: {
    committed: { version: "1.1.0", rows: ["first"], names: ["filaops", "filaops_kept"] },
    before: { version: "1.0.0", rows: ["first"], names: ["filaops"] },
  },
  undo: {
    committed: { version: "1.0.0", rows: ["first"], names: ["filaops", "filaops_put_aside"] },
    before: { version: "1.1.0", rows: ["first", "since"], names: ["filaops", "filaops_kept"] },
  },
  restore: {
    committed: { version: "1.0.0", rows: ["long ago"], names: ["filaops", "filaops_kept"] },
    before: { version: "1.0.0", rows: ["first"], names: ["filaops"] },
  },
  start_fresh: {
    committed: { version: "1.1.0", rows: [], names: ["filaops", "filaops_kept"] },
    before: { version: "1.0.0", rows: ["first"], names: ["filaops"] },
  },
  backup: { committed: AS_BEFORE, before: AS_BEFORE },
  drill: { committed: AS_BEFORE, before: AS_BEFORE },
} as const;

/** The run ended well, and the world is what it says. */
export function expectWhole(ended: Ended): void {
  const back = isJob(ended.kind) ? ["complete", "failed"] : ["rolled_back", "failed"];
  expect(ended.outcome).toBeOneOf(isCommitted(ended.entries) ? ["complete"] : back);
  expectWholeWorld(ended);
}

/** Nothing was lost, people can work with what was committed, and nothing was left behind. */
export function expectWholeWorld({ disk, entries, kind }: Omit<Ended, "outcome">): void {
  const committed = isCommitted(entries);
  const { version, rows, names } = WHOLE[kind][committed ? "committed" : "before"];
  const live = disk.databases.find((database) => database.name === "filaops");
  expect(live).toMatchObject({ head: HEADS[version], connections: true });
  // Nothing that was acknowledged is lost, and nothing came twice; an undo goes back to before what was saved until its pause, as it said.
  const saved = disk.acknowledged.filter(({ oid }) => kind === "update" || !committed || oid === live?.oid);
  expect(live?.rows).toEqual([...rows, ...saved.map(({ row }) => row)]);
  expect(disk.fence).toBe("open");
  expect(disk.gate).toMatchObject({ mode: "proxy", target: { version } });
  expect(Object.values(disk.slots)).toMatchObject([{ slot: disk.gate.target?.slot, version, database: "filaops" }]); // and nothing else runs
  expect(disk.databases.map((database) => database.name).sort()).toEqual(names);
  expect(disk.unfinished).toEqual([]);
  // Whatever is in it, its owner can sign in.
  expect(live?.owners).toBe(1);
  // Sessions end with a restore or a fresh start that was kept, and with nothing else.
  expect(disk.sessionEpoch).toBe((kind === "restore" || kind === "start_fresh") && committed ? 1 : 0);
  expectBackup({ disk, entries, kind });
}

/** A run that could not be taken back: nothing is lost, nobody can save where it would be lost, and people read if anything answers. */
export function expectSafe({ disk, entries, outcome, kind }: Ended): void {
  expect(outcome).toBe("needs_attention");
  expect(isCommitted(entries)).toBe(false);
  const before = disk.databases.find(({ oid }) => oid === (kind === "undo" ? 11 : 10));
  const saved = disk.acknowledged.map(({ row }) => row);
  expect(before?.rows).toEqual([...WHOLE[kind].before.rows, ...saved]);
  const { mode, target } = disk.gate;
  const served = target === null ? undefined : disk.slots[target.slot];
  const reads = disk.databases.find(({ name }) => name === served?.database);
  const answers = served !== undefined && reads?.connections === true && reads.head === HEADS[served.version];
  if (mode === "proxy") {
    // Open for all: only where what was saved before is saved on.
    expect({ fence: disk.fence, version: target?.version, oid: reads?.oid }).toEqual({
      fence: "open",
      version: WHOLE[kind].before.version,
      oid: before?.oid,
    });
  } else expect(mode).toBe(answers ? "readOnly" : "maintenance");
  expect(disk.unfinished).toEqual([]);
  expectBackup({ disk, entries, kind });
}

function expectBackup({ disk, entries, kind }: Omit<Ended, "outcome">): void {
  if (kind === "undo" || !entries.some((entry) => entry.type === "started" && entry.step === "pause")) return;
  expect(disk.backups.length).toBeGreaterThan(0);
}
