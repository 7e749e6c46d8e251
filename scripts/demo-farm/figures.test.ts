import { describe, expect, test } from "vitest";
import type { JournalEntry } from "../../server/updates/contract.ts";
import type { Expected, Measured } from "./figures.ts";
import { bookDifferences, brokenPromises, faultOf, figuresOf } from "./figures.ts";
import type { LoadAnswer } from "./load-contract.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 8, 0, second)).toISOString();
const books = (customers: number, lines: number) => ({
  tables: [
    { table: "customers", rows: customers, totals: {} },
    { table: "order_lines", rows: lines, totals: { price: "10.5" } },
  ],
});
const answer = (second: number, kind: LoadAnswer["kind"]): LoadAnswer => ({ at: Date.parse(at(second)), ms: 5, kind });
const problem = { code: "migration-failed", happened: "", meaning: "", todo: "" };

/** Paused at 10 with 100 customers; one save before it, one refused in it, two after it. */
const PAUSED: JournalEntry = { type: "fact", fact: { booksBefore: books(100, 50), dataHashBefore: "a" }, at: at(10) };
const BACK: JournalEntry = { type: "fact", fact: { booksAfter: books(100, 50), dataHashAfter: "a" }, at: at(12) };
const FAILED: JournalEntry = { type: "failed", step: "migrate", problem, at: at(11) };
const writes = [answer(5, "ok"), answer(11, "refused"), answer(13, "ok"), answer(14, "ok")];

const complete: Measured = {
  to: "1.1.0",
  outcome: "complete",
  reads: [answer(5, "ok")],
  writes,
  lost: 0,
  journal: [PAUSED],
  booksNow: books(102, 50),
  declared: [],
};
const wentBack: Measured = { ...complete, outcome: "rolled_back", journal: [PAUSED, FAILED, BACK] };

describe("the books, measured in the live database", () => {
  test("are equal when there is what was there in the pause, and what people saved since", () => {
    expect(bookDifferences(complete)).toEqual([]);
    expect(bookDifferences(wentBack)).toEqual([]);
    expect(figuresOf(complete).booksEqual).toBe(true);
  });

  // "booksEqual" was true for every run that was complete, without a look. It had been derived from the outcome, which the books were to prove.
  test.each<[string, Measured, string]>([
    ["a row that went with the update", { ...complete, booksNow: books(102, 49) }, "order_lines had 50 rows and has 49"],
    ["a save that is not there", { ...complete, booksNow: books(101, 50) }, "customers had 102 rows and has 101"],
    [
      "a save that is there although it was refused",
      { ...complete, booksNow: books(103, 50) },
      "customers had 102 rows and has 103",
    ],
    ["books that were never taken", { ...complete, journal: [] }, "the books were not taken in the pause"],
    ["a way back without books", { ...wentBack, journal: [PAUSED, FAILED] }, "the books were not taken on the way back"],
    [
      "books that differ on the way back",
      { ...wentBack, journal: [PAUSED, { ...BACK, fact: { booksAfter: books(100, 48) } }] },
      "order_lines had 50 rows and has 48",
    ],
  ])("differ by %s", (_, measured, sentence) => {
    expect(bookDifferences(measured)).toEqual([sentence]);
    expect(figuresOf(measured).booksEqual).toBe(false);
  });

  test("may change as the release declares, if it was kept", () => {
    const declared = [{ table: "order_lines", rows: 1, columns: [], why: "one more" }];
    expect(bookDifferences({ ...complete, declared, booksNow: books(102, 51) })).toEqual([]);
    expect(bookDifferences({ ...wentBack, declared, booksNow: books(102, 51) })).toHaveLength(1);
  });
});

describe("a run keeps its promises", () => {
  const many = (kind: LoadAnswer["kind"]) => Array.from({ length: 60 }, () => answer(5, kind));
  const figures = figuresOf({ ...wentBack, reads: many("ok"), writes: [...many("ok"), ...writes] });
  const expected: Expected = { longestReadMs: 2000, fault: { step: "migrate", code: "migration-failed" } };
  const seen = { fault: faultOf(wentBack.journal), strangeWrites: [] };

  test("when it fails where its release is broken, and of that", () => {
    expect(seen.fault).toEqual({ step: "migrate", code: "migration-failed" });
    expect(brokenPromises(figures, seen, expected)).toEqual([]);
  });

  test.each([
    ["another step", { step: "download", code: "migration-failed" }, "failed at download with migration-failed"],
    ["another reason", { step: "migrate", code: "took-too-long" }, "failed at migrate with took-too-long"],
    ["no reason that was written down", null, "failed nowhere"],
  ])("but not when it goes back for %s", (_, fault, words) => {
    expect(brokenPromises(figures, { ...seen, fault }, expected)).toEqual([
      `1.1.0: ${words}, not at migrate with migration-failed`,
    ]);
  });

  test("but not when what should be complete goes back", () => {
    expect(brokenPromises(figures, seen, { ...expected, fault: null })).toHaveLength(2);
  });
});
