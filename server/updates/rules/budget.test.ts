import { describe, expect, test } from "vitest";
import type { StepName } from "../contract.ts";
import { budgetMs, readyWaitMs, unreadyWaitMs, warmWaitMs } from "./budget.ts";

const MINUTE = 60_000;
const GB = 1e9;

describe("how long a step may be silent", () => {
  const table: [string, StepName, { bytes: number; measured?: number }, number][] = [
    ["a copy of next to nothing", "copy", { bytes: 0 }, 2 * MINUTE],
    ["a copy of 1.75 GB on a slow disk", "copy", { bytes: 1.75 * GB }, 295_000],
    ["a copy of 20 GB", "copy", { bytes: 20 * GB }, 2_120_000],
    ["the books and the hash of 20 GB", "pause", { bytes: 20 * GB }, 4_120_000],
    ["a step that size does not matter to", "switch", { bytes: 20 * GB }, 2 * MINUTE],
    ["a migration, which has a deadline of ten minutes of its own", "migrate", { bytes: 0 }, 12 * MINUTE],
    ["before the pause, when nobody waits", "download", { bytes: 0 }, 10 * MINUTE],
    ["a step that took long before", "copy", { bytes: 0, measured: 60_000 }, 10 * MINUTE],
    ["a step that was quick before", "copy", { bytes: 0, measured: 5 }, 2 * MINUTE],
    ["anything at all", "pause", { bytes: 1e15 }, 360 * MINUTE],
  ];
  test.each(table)("%s (%s)", (_, step, { bytes, measured }, expected) => {
    const steps = measured === undefined ? {} : { [step]: measured };
    expect(budgetMs(step, { bytes, estimate: { steps } })).toBe(expected);
  });
});

test.each([
  ["never measured", {}, MINUTE],
  ["on a quick computer", { warm: 900 }, MINUTE],
  ["on one that took 40 seconds before", { warm: 40_000 }, 2 * MINUTE],
])("a release that is started aside is waited for (%s)", (_, steps, expected) => {
  expect(warmWaitMs({ estimate: { steps } })).toBe(expected);
});

test.each([
  ["was not measured", undefined, 4000],
  ["took a second", 1000, 6000],
  ["took half a minute", 30_000, 64_000],
])("an instance whose start aside %s may take as long again to be ready", (_, bootMs, expected) => {
  expect(readyWaitMs(bootMs)).toBe(expected);
});

test.each([
  [undefined, 4000],
  [1500, 4000],
  [9000, 9000],
])("one that booted in %s ms may answer that it is not ready for %d ms", (bootMs, expected) => {
  expect(unreadyWaitMs(bootMs)).toBe(expected);
});
