import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Actor } from "../platform/contract.ts";
import type { JournalEntry } from "./contract.ts";
import type { Journal } from "./journal.ts";
import { createJournal, openJournal, readJournal } from "./journal.ts";
import { drive } from "./run.ts";
import { memoryEngine, plannedEntry } from "./testing/memory-run.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testPlan } from "./testing/plans.ts";

/** The disk is full, or does not flush, exactly at the commit line; and what a wish to cancel breaks off. A journal's file fails as the kernel says it does. */

const OPERATOR: Actor = { kind: "operator" };
const at = testPlan.createdAt;
const planned = plannedEntry(testPlan);
const committed: JournalEntry = { type: "done", step: "commit", ms: 1, at };

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-disk-"));
  path = join(folder, "journal.ndjson");
  await createJournal(path, planned);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** From now on, so many calls of this verb of any open file end with this error of the kernel. */
async function failNext(verb: "write" | "sync", code: "ENOSPC" | "EIO", times: number): Promise<void> {
  const handle = await open(path, "r");
  const files = Object.getPrototypeOf(handle) as Record<"write" | "sync", () => Promise<unknown>>;
  await handle.close();
  const spy = vi.spyOn(files, verb);
  for (let time = 0; time < times; time += 1) spy.mockRejectedValueOnce(Object.assign(new Error(code), { code }));
}

describe("a journal's line that does not get onto the disk", () => {
  test("is written after all when the reserved space was enough", async () => {
    const release = vi.fn(() => Promise.resolve());
    const journal = await openJournal(path, release);
    await failNext("write", "ENOSPC", 1);
    await journal.append(committed);
    await journal.close();
    expect(release).toHaveBeenCalledTimes(1);
    expect((await readJournal(path)).entries).toEqual([planned, committed]);
  });

  test.each([
    ["write", "ENOSPC", 2],
    ["sync", "EIO", 1],
  ] as const)("is not in the journal when %s says %s %i times, nor for whoever reads it next", async (verb, code, times) => {
    const before = await readFile(path);
    const journal = await openJournal(path, () => Promise.resolve());
    await failNext(verb, code, times);
    await expect(journal.append(committed)).rejects.toMatchObject({ code });
    expect(journal.entries()).toEqual([planned]);
    expect(await readFile(path)).toEqual(before);
    await journal.append({ type: "runner", pid: 2, at });
    await journal.close();
    expect((await readJournal(path)).entries.map(({ type }) => type)).toEqual(["planned", "runner"]);
  });
});

type Wrong = { append?: (entry: JournalEntry) => Promise<void>; wishes?: boolean };

/** Drives a run in memory whose download waits until it is broken off (`wishes`), or whose journal refuses some line. */
async function play({ append, wishes = false }: Wrong) {
  const memory = createMemoryWorld();
  const entries: JournalEntry[] = [planned];
  const journal: Journal = {
    entries: () => entries,
    append: async (entry) => {
      await append?.(entry);
      entries.push(entry);
    },
    close: () => Promise.resolve(),
  };
  const waits: typeof memory.world.driver.fetch = (_release, { signal }) =>
    new Promise((_, reject) => {
      signal?.addEventListener("abort", () => {
        reject(new DOMException("aborted", "AbortError"));
      });
    });
  const world = wishes ? { ...memory.world, driver: { ...memory.world.driver, fetch: waits } } : memory.world;
  const isDownloading = () => entries.some((entry) => entry.type === "started" && entry.step === "download");
  const cancelWish = () => Promise.resolve(wishes && isDownloading() ? OPERATOR : null);
  const outcome = await drive(memoryEngine(memory, entries, { world, journal, cancelWish }));
  return { outcome, entries, disk: memory.disk };
}

test("a run whose commit line does not get onto the disk is not committed, and goes back", async () => {
  let refusals = 1;
  const append = (entry: JournalEntry) => {
    const isCommit = entry.type === "done" && entry.step === "commit";
    return isCommit && refusals-- > 0 ? Promise.reject(new Error("ENOSPC")) : Promise.resolve();
  };
  const { outcome, entries, disk } = await play({ append });
  expect(outcome).toBe("rolled_back");
  expect(entries.some((entry) => entry.type === "done" && entry.step === "commit")).toBe(false);
  expect(disk.fence).toBe("open");
  expect(disk.gate.target?.version).toBe("1.0.0");
});

// Such a run once ended `failed`, with the abort as the reason: a step that was broken off on wish was taken for one that failed.
test("a run whose download is broken off because somebody wishes so ends cancelled", async () => {
  const { outcome, entries } = await play({ wishes: true });
  expect(outcome).toBe("cancelled");
  expect(entries.filter((entry) => entry.type === "failed")).toEqual([]);
});
