import { describe, expect, test, vi } from "vitest";
import type { JournalEntry } from "./contract.ts";
import { drive } from "./run.ts";
import { memoryEngine, wordsOf } from "./testing/memory-run.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import type { World } from "./world.ts";

/** A step that makes no progress any more: it is ended, not left alone, before anything else is done. */

/** A call that is answered only when the run's backends are ended, as a statement of PostgreSQL's that hangs. */
function hanging() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    ended,
    end: () => {
      end();
      return Promise.resolve();
    },
  };
}

function play(change: (world: World, entries: readonly JournalEntry[]) => World, silence: () => Promise<void>) {
  const memory = createMemoryWorld();
  const entries: JournalEntry[] = [];
  const outcome = drive(memoryEngine(memory, entries, { world: change(memory.world, entries), silence }));
  return { outcome, entries, disk: memory.disk };
}

describe("a copy that makes no progress", () => {
  // The copy was only abandoned: it went on, told the gate to serve and wrote its facts while its own undo was at work on the same journal.
  test("is ended with its statement, does nothing any more although it was answered in the end, and is taken back", async () => {
    const { ended, end } = hanging();
    const silence = vi.fn(end);
    const set = vi.fn();
    const { outcome, entries, disk } = play((world, journal) => {
      const copy: World["databases"]["copy"] = async (...args) => {
        await ended; // it was done a moment before it was ended
        return world.databases.copy(...args);
      };
      const tell: World["gate"]["set"] = (state) => {
        set(state.mode, wordsOf(journal).at(-1));
        return world.gate.set(state);
      };
      return { ...world, gate: { ...world.gate, set: tell }, databases: { ...world.databases, copy } };
    }, silence);
    expect(await outcome).toBe("rolled_back");
    expect(silence).toHaveBeenCalled();
    const after = entries.slice(wordsOf(entries).indexOf("started copy") + 1);
    expect(after[0]).toMatchObject({ type: "failed", step: "copy", problem: { code: "step-too-long" } });
    // What it had made was found by its undo, whose fact this is; of the copy's own there is none.
    expect(wordsOf(after).slice(1, 4)).toEqual(["undoing copy", "fact", "undone copy"]);
    expect(set.mock.calls.filter(([, last]) => last === "started copy")).toEqual([["hold", "started copy"]]);
    expect(disk.databases.map(({ name }) => name)).toEqual(["filaops"]);
    expect(disk.fence).toBe("open");
  });

  test("and does not let go ends the whole program: nothing is written that its work could belie", async () => {
    const { outcome, entries } = play(
      (world) => ({ ...world, databases: { ...world.databases, copy: () => new Promise(() => undefined) } }),
      () => Promise.resolve(),
    );
    await expect(outcome).rejects.toThrow("the step copy was given up and does not end");
    expect(wordsOf(entries).at(-1)).toBe("started copy");
  });
});

test("a step that goes on saying how far it is has all the time that it needs", async () => {
  const { outcome, entries } = play(
    (world) => {
      const runOnce: World["driver"]["runOnce"] = async (version, command, options) => {
        for (let index = 1; index <= 12; index += 1) {
          options.onLine?.(JSON.stringify({ migration: `migration ${index}`, index, of: 12 }));
          await world.clock.sleep(600_000);
        }
        await world.driver.runOnce(version, command, options);
      };
      return { ...world, driver: { ...world.driver, runOnce } };
    },
    () => Promise.resolve(),
  );
  expect(await outcome).toBe("complete");
  expect(wordsOf(entries)).toContain("done migrate");
});
