import { describe, expect, test } from "vitest";
import { AppError } from "../platform/errors.ts";
import type { JournalEntry, Plan } from "./contract.ts";
import { DATABASE_AWAY_MS, drive } from "./run.ts";
import { ATTEMPTS } from "./rules/decide.ts";
import { stepsOf } from "./steps/index.ts";
import { memoryEngine, wordsOf } from "./testing/memory-run.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testPlan, testRestorePlan, testUndoPlan } from "./testing/plans.ts";
import type { World } from "./world.ts";

const AWAY = new AppError("service-unreachable", { service: "PostgreSQL", reason: "it is away" });
const LOCKED = Object.assign(new Error("canceling statement due to lock timeout"), { code: "55P03" });
const FULL = Object.assign(new Error("could not extend file: No space left on device"), { code: "53100" });

/** A run whose database goes away at this line of its journal, for as long; or whose disk is full, where it still answers questions. */
async function withoutDatabase(
  line: string,
  { failing, awayMs, error = AWAY }: { failing: string | null; awayMs: number; error?: Error },
) {
  const memory = createMemoryWorld();
  const entries: JournalEntry[] = [];
  const { clock, databases } = memory.world;
  let backAt: number | null = null;
  const isAway = () => {
    if (backAt === null && wordsOf(entries).includes(line)) backAt = clock.monotonic() + awayMs;
    return backAt !== null && clock.monotonic() < backAt;
  };
  const fragile = new Proxy(databases, {
    get: (target, name: keyof World["databases"]) =>
      isAway() && !(error !== AWAY && name === "serverVersion") ? () => Promise.reject(error) : target[name],
  });
  const steps = stepsOf.update.map((step) =>
    step.name === failing ? { ...step, run: () => Promise.reject(new Error("no")) } : step,
  );
  const outcome = await drive(memoryEngine(memory, entries, { world: { ...memory.world, databases: fragile }, steps }));
  return { outcome, entries, disk: memory.disk };
}

describe("a run whose database is away", () => {
  // Eight tries took 16 seconds, so a server that took 20 to come back left the fence closed and needed a person.
  test.each([20_000, DATABASE_AWAY_MS - 1000])("on the way back, for %i ms, waits for it and counts nothing", async (awayMs) => {
    const { outcome, entries, disk } = await withoutDatabase("undoing copy", { failing: "migrate", awayMs });
    expect(outcome).toBe("rolled_back");
    expect(wordsOf(entries).filter((word) => word.startsWith("undo-failed"))).toEqual([]);
    expect(disk).toMatchObject({ fence: "open", gate: { mode: "proxy", target: { version: "1.0.0" } } });
  });

  // Eight tries to drop a database on a full disk, within 16 seconds, and a person was needed although somebody made room a moment later.
  test.each([
    ["a full disk", "undoing copy", FULL],
    ["a full disk", "started open", FULL],
    ["a lock", "undoing pause", LOCKED],
  ])("or behind %s, at %s, waits and counts nothing", async (_what, line, error) => {
    const failing = line === "started open" ? null : "migrate";
    const { outcome, entries } = await withoutDatabase(line, { failing, awayMs: 14 * 60_000, error });
    expect(outcome).toBe(failing === null ? "complete" : "rolled_back");
    expect(wordsOf(entries).filter((word) => /^(undo-)?failed (?!migrate)/.test(word))).toEqual([]);
  });

  test("after the commit, for 14 minutes, waits for it and ends complete", async () => {
    const { outcome, entries, disk } = await withoutDatabase("started open", { failing: null, awayMs: 14 * 60_000 });
    expect(outcome).toBe("complete");
    expect(wordsOf(entries).filter((word) => word.startsWith("failed"))).toEqual([]);
    expect(disk).toMatchObject({ fence: "open", gate: { mode: "proxy", target: { version: "1.1.0" } } });
  });

  test("for good, calls a person in the end, and saving stays paused", async () => {
    const { outcome, entries, disk } = await withoutDatabase("undoing copy", { failing: "migrate", awayMs: Infinity });
    expect(outcome).toBe("needs_attention");
    expect(wordsOf(entries).filter((word) => word === "undo-failed copy")).toHaveLength(ATTEMPTS.undo);
    expect(disk).toMatchObject({ fence: "closed", gate: { mode: "readOnly", target: { version: "1.0.0" } } });
  });
});

test("a backup from elsewhere that grows until the disk is nearly full is broken off, and said so; one of our own is not", async () => {
  const drill: Plan = { ...testRestorePlan, kind: "drill", steps: stepsOf.drill.map((step) => step.name) };
  for (const foreign of [true, false]) {
    const memory = createMemoryWorld();
    const { world } = memory;
    let looks = 0;
    const databaseDisk = () => {
      looks += 1;
      // Preflight found it well.
      return Promise.resolve({ path: "/data", freeBytes: looks > 3 ? 1e8 : 1e12, sameAsHome: false });
    };
    const backups = { ...world.backups, isForeign: () => Promise.resolve(foreign) };
    backups.load = (target, signal) => (foreign ? untilAborted(signal) : world.backups.load(target, signal));
    const entries: JournalEntry[] = [];
    const outcome = await drive(memoryEngine(memory, entries, { world: { ...world, databaseDisk, backups }, plan: drill }));
    expect(outcome).toBe(foreign ? "failed" : "complete");
    const failed = entries.find((entry) => entry.type === "failed");
    expect(failed?.problem.code).toBe(foreign ? "disk-full" : undefined);
    expect(memory.disk.databases).toHaveLength(1);
  }
});

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });
}

describe("cleaning up that does not work out", () => {
  const failing = stepsOf.update.map((step) =>
    step.name === "cleanup" ? { ...step, run: () => Promise.reject(new Error("the disk is odd")) } : step,
  );

  test("is a warning, said once, and the run is complete", async () => {
    const entries: JournalEntry[] = [];
    const engine = memoryEngine(createMemoryWorld(), entries, { steps: failing });
    expect(await drive(engine)).toBe("complete");
    const warnings = () => entries.filter((entry) => entry.type === "warning");
    expect(warnings()).toMatchObject([
      { problem: { code: "cleanup-incomplete", happened: expect.stringContaining("the disk is odd") as string } },
    ]);
    entries.pop(); // the power went between the warning and the last line
    expect(await drive(engine)).toBe("complete");
    expect(warnings()).toHaveLength(1);
  });

  test("twice, and then does, is none", async () => {
    const entries: JournalEntry[] = [];
    let left = 2;
    const steps = stepsOf.update.map((step) =>
      step.name === "cleanup"
        ? {
            ...step,
            run: (context: Parameters<typeof step.run>[0]) => (left-- > 0 ? Promise.reject(new Error("no")) : step.run(context)),
          }
        : step,
    );
    expect(await drive(memoryEngine(createMemoryWorld(), entries, { steps }))).toBe("complete");
    expect(wordsOf(entries).filter((word) => word === "warning" || word === "failed cleanup")).toHaveLength(2);
  });
});

describe.each(["update", "undo"] as const)("green that ends and is started again by somebody else, in an %s", (kind) => {
  const plan = kind === "undo" ? testUndoPlan : testPlan;
  const { blue, green } = plan.slots;

  test.each(["done warm", "done verify", "started switch", "done switch"])("after “%s”, is not kept", async (line) => {
    const memory = createMemoryWorld({ installed: kind === "undo" ? "1.1.0 after an update" : "1.0.0" });
    const entries: JournalEntry[] = [];
    const engine = memoryEngine(memory, entries, { plan, steps: stepsOf[kind] });
    const changed = () => {
      const instance = memory.disk.slots[green];
      if (wordsOf(entries).at(-1) === line && instance !== undefined) instance.restarts = 1;
    };
    expect(await drive({ ...engine, changed })).toBe("rolled_back");
    expect(entries.find((entry) => entry.type === "failed")).toMatchObject({
      problem: { code: "release-fell-over", happened: expect.stringContaining("was started again") as string },
    });
    expect(memory.disk.gate).toMatchObject({ mode: "proxy", target: { slot: blue } });
  });
});

// After an update that was undone, gate and updater were still of its version. The next try of it went back, could not remove the release, which they
// ran from, and called a person, although all was as before.
test("going back leaves a release that others run from", async () => {
  const memory = createMemoryWorld();
  const entries: JournalEntry[] = [];
  const steps = stepsOf.update.map((step) =>
    step.name === "migrate" ? { ...step, run: () => Promise.reject(new Error("no")) } : step,
  );
  const remove = () => Promise.reject(new AppError("release-in-use", { version: "1.1.0" }));
  const world = { ...memory.world, driver: { ...memory.world.driver, remove } };
  expect(await drive(memoryEngine(memory, entries, { world, steps }))).toBe("rolled_back");
  expect(wordsOf(entries)).toContain("undone download");
  expect(memory.disk.releases).toContain("1.1.0");
});
