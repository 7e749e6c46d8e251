import { describe, expect, test } from "vitest";
import type { JournalEntry, Outcome, Plan } from "../contract.ts";
import type { State } from "../state-contract.ts";
import { plannedEntry } from "../testing/memory-run.ts";
import { testFreshPlan, testPlan, testUndoPlan } from "../testing/plans.ts";
import { expired } from "./expired.ts";
import type { RunRecord } from "./installation.ts";
import { dataSince, deriveInstallation } from "./installation.ts";
import { abandonedCopies, nameAside } from "./settling.ts";

const state: State = {
  v: 1,
  instanceId: "01KE6F00000000000000000000",
  sessionEpoch: 0,
  installedAt: "2026-01-01T08:00:00.000Z",
  installed: { version: "1.0.0", schemaHead: "1_init", slot: "blue", oid: 10 },
  highestCommitted: "1.0.0",
};
const day = (number: number) => `2026-01-${String(number).padStart(2, "0")}T08:00:00.000Z`;
const database = (oid: number) => ({ name: "any", oid });

type Ran = { plan: Plan; blue: number; green: number; on: number; ends?: Outcome };

/** A run that ended so; complete ones were committed. */
function ran(run: string, { plan, blue, green, on, ends = "complete" }: Ran): RunRecord {
  const at = day(on);
  const journal: JournalEntry[] = [
    plannedEntry(plan),
    { type: "fact", fact: { blue: database(blue), green: database(green) }, at },
    ...(ends === "complete" ? [{ type: "done", step: "commit", ms: 1, at } as const] : []),
    { type: "finished", outcome: ends, problem: null, at },
  ];
  return { run, plan, journal, damage: null };
}

const named = (plan: Plan, names: { green: string; kept: string }): Plan => ({
  ...plan,
  database: { ...plan.database, ...names },
});
const first = ran("1", { plan: testPlan, blue: 10, green: 11, on: 5 });
const second = ran("2", {
  plan: {
    ...named(testPlan, { green: "filaops_green_2", kept: "filaops_kept_2" }),
    ...{ from: "1.1.0", to: "1.2.0", schemaHead: "3_most", slots: { blue: "green", green: "blue" } },
  },
  blue: 11,
  green: 12,
  on: 10,
});
const secondUndone = ran("3", {
  plan: {
    ...named(testUndoPlan, { green: "filaops_kept_2", kept: "filaops_aside" }),
    from: "1.2.0",
    to: "1.1.0",
    schemaHead: "2_more",
  },
  blue: 12,
  green: 11,
  on: 11,
});
const stopped = ran("4", {
  plan: named(testPlan, { green: "filaops_green_4", kept: "filaops_kept_4" }),
  blue: 11,
  green: 13,
  on: 12,
  ends: "needs_attention",
});
const installed = (...runs: RunRecord[]) => deriveInstallation(state, "filaops", runs);

describe("what is installed", () => {
  test("at first is what state.json says", () => {
    expect(installed()).toMatchObject({ version: "1.0.0", slot: "blue", database: { name: "filaops", oid: 10 }, stack: [] });
  });

  test("is moved by each commit, and what was replaced is stacked", () => {
    expect(installed(first, second)).toMatchObject({
      version: "1.2.0",
      schemaHead: "3_most",
      database: { name: "filaops", oid: 12 },
      since: day(10),
      stack: [
        { run: "1", from: { version: "1.0.0" }, kept: { name: "filaops_kept", oid: 10 } },
        { run: "2", from: { version: "1.1.0" }, kept: { name: "filaops_kept_2", oid: 11 } },
      ],
    });
  });

  test("goes by the order of the runs, not of the list", () => {
    expect(installed(second, first)).toEqual(installed(first, second));
  });

  test("goes down the stack with an undo, which puts aside what it replaced; the highest version stays known", () => {
    expect(installed(first, second, secondUndone)).toMatchObject({
      version: "1.1.0",
      database: { oid: 11 },
      highestCommitted: "1.2.0",
      stack: [{ run: "1" }],
      putAside: [{ name: "filaops_aside", oid: 12, at: day(11) }],
    });
  });

  test("is not moved by a run that was not committed, whose version is remembered until it works", () => {
    const failed = ran("0", { plan: testPlan, blue: 10, green: 11, on: 4, ends: "rolled_back" });
    expect(installed(failed)).toMatchObject({ version: "1.0.0", stack: [], failedVersions: ["1.1.0"] });
    expect(installed(failed, first).failedVersions).toEqual([]);
    expect(installed(ran("0", { plan: testPlan, blue: 10, green: 11, on: 4, ends: "failed" })).failedVersions).toEqual([]);
  });
});

describe("a fresh start", () => {
  const fresh = ran("2", { plan: testFreshPlan, blue: 11, green: 12, on: 10 });

  test("replaces what is live as an update does, and can be undone", () => {
    expect(installed(fresh)).toMatchObject({ version: "1.1.0", database: { oid: 12 }, stack: [{ run: "2", kept: { oid: 10 } }] });
  });

  test("that did not work out marks its version, too", () => {
    expect(installed(ran("2", { plan: testFreshPlan, blue: 11, green: 12, on: 10, ends: "rolled_back" }))).toMatchObject({
      version: "1.0.0",
      failedVersions: ["1.1.0"],
    });
  });

  test("is when other data begins; an update is not", () => {
    expect(dataSince([first])).toBeNull();
    expect(dataSince([first, fresh, stopped])).toBe(day(10));
    expect(dataSince([{ ...fresh, journal: stopped.journal }])).toBeNull();
  });
});

describe("what is past the undo period", () => {
  const all = installed(first, second, secondUndone);
  test.each([
    [11, [], ["1.0.0"]],
    [12, ["filaops_kept"], []],
    [18, ["filaops_kept", "filaops_aside"], []],
  ])("on day %i", (today, names, keptVersions) => {
    const now = new Date(Date.parse(day(today)) + 1);
    const found = expired(all, { now, undoDays: 7 });
    expect(found.databases.map(({ name }) => name)).toEqual(names);
    expect(found.keptVersions).toEqual(keptVersions);
  });

  test("is never the live database, whatever else refers to it", () => {
    const odd = { ...all, database: { name: "filaops", oid: 10 } };
    expect(expired(odd, { now: new Date(day(30)), undoDays: 7 }).databases.map(({ oid }) => oid)).toEqual([12]);
  });
});

describe("what settling decides", () => {
  const runs = [first, second, secondUndone, stopped];
  test.each([
    ["of a run that was not committed, goes back to its own name", 13, "filaops_green_4"],
    ["that a committed undo replaced, goes aside", 12, "filaops_aside"],
    ["that is kept, goes back to where it is kept", 10, "filaops_kept"],
    ["that no run speaks of, stays", 99, null],
  ])("a database with the live name %s", (_, oid, name) => {
    expect(nameAside(oid, runs)).toBe(name);
  });

  test("a copy is abandoned when its run stopped half-way, and only then", () => {
    expect(abandonedCopies(runs, installed(...runs))).toEqual([{ name: "filaops_green_4", oid: 13 }]);
    const wentBack = ran("4", { plan: stopped.plan, blue: 11, green: 13, on: 12, ends: "rolled_back" });
    expect(abandonedCopies([wentBack], installed(wentBack))).toEqual([]);
    const undo = ran("4", { plan: testUndoPlan, blue: 11, green: 10, on: 12, ends: "needs_attention" });
    expect(abandonedCopies([first, undo], installed(first, undo))).toEqual([]);
  });

  test("a copy that is live, kept or put aside is not abandoned, by its number or by its name", () => {
    const known = installed(first);
    const as = (oid: number, name: string) =>
      abandonedCopies(
        [ran("4", { plan: named(testPlan, { green: name, kept: "k" }), blue: 1, green: oid, on: 12, ends: "needs_attention" })],
        known,
      );
    expect(as(11, "other")).toEqual([]);
    expect(as(10, "other")).toEqual([]);
    expect(as(13, "filaops_kept")).toEqual([]);
    expect(as(13, "filaops")).toEqual([]);
    expect(as(13, "other")).toEqual([{ name: "other", oid: 13 }]);
  });
});
