import { describe, expect, test } from "vitest";
import type { JournalEntry } from "../contract.ts";
import { estimate } from "./estimate.ts";
import type { EarlierRun } from "./estimate.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 8, 0, second)).toISOString();

const journal: JournalEntry[] = [
  { type: "done", step: "backup", ms: 3000, at: at(3) },
  { type: "fact", fact: { pausedAt: at(10) }, at: at(10) },
  { type: "fact", fact: { holdMs: 400 }, at: at(11) },
  { type: "done", step: "copy", ms: 500, at: at(11) },
  { type: "fact", fact: { openedAt: at(14) }, at: at(14) },
];
const update: EarlierRun = { journal, kind: "update", databaseBytes: 1e9 };

describe("how long a run will take", () => {
  test("is not known before one was measured here, but for the hold, by the size", () => {
    expect(estimate({ kind: "update", databaseBytes: 5e8 }, [])).toEqual({
      basis: "none",
      totalMs: null,
      pauseMs: null,
      holdMs: 2000,
      steps: {},
    });
  });

  test("is what the newest of its kind took; the hold grows with the database", () => {
    const older: EarlierRun = { ...update, journal: [{ type: "done", step: "backup", ms: 9, at: at(1) }] };
    expect(estimate({ kind: "update", databaseBytes: 2e9 }, [update, older])).toEqual({
      basis: "earlier-runs",
      totalMs: 3500,
      pauseMs: 4000,
      holdMs: 800,
      steps: { backup: 3000, copy: 500 },
    });
  });

  test("of an undo is not what an update took, and an undo copies nothing", () => {
    expect(estimate({ kind: "undo", databaseBytes: 2e9 }, [update])).toMatchObject({
      basis: "none",
      totalMs: null,
      holdMs: null,
    });
  });

  test("has no pause when it was not measured, and no hold from a database of no size", () => {
    const unmeasured: EarlierRun = { journal: journal.slice(0, 1), kind: "update", databaseBytes: 0 };
    expect(estimate({ kind: "update", databaseBytes: 250e6 }, [unmeasured])).toMatchObject({ pauseMs: null, holdMs: 1000 });
  });
});
