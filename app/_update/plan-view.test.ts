import { describe, expect, it } from "vitest";
import { plan } from "./fixtures.ts";
import { findingsView, lostLines, stateTitle, summaryLines, timeSentences } from "./plan-view.ts";

describe("the summary of the notes", () => {
  it("is their first list items in plain words", () => {
    const notes =
      "# 1.1.0\n\nSome prose.\n\n- **Orders** can be [on hold](https://x.test)\n* `items` show stock\n1. Faster lists\n- Fourth";
    expect(summaryLines(notes)).toEqual(["Orders can be on hold", "items show stock", "Faster lists"]);
  });
  it("carries no image, no markup, and no line without end", () => {
    const [first, second] = summaryLines(`- ![](https://x.test/p.png) <b onclick="x()">Bold</b>\n- ${"word ".repeat(100)}`);
    expect(first).toBe("Bold");
    expect(second).toMatch(/^word (word )*word…$/);
    expect(second?.length).toBeLessThanOrEqual(160);
  });
  it("takes an item whole, over its lines, or its first sentences", () => {
    const notes = `- **Rush orders** have a status\n  of their own.\n- Short. ${"And a long explanation of it. ".repeat(8)}\n\nProse after it.`;
    const [rush, long, none] = summaryLines(notes);
    expect(rush).toBe("Rush orders have a status of their own.");
    expect(long).toMatch(/^Short\. (And a long explanation of it\. ?)+$/);
    expect(none).toBeUndefined();
  });
  it("is empty when the notes have no list", () => {
    expect(summaryLines("Just prose.\n\n---\n")).toEqual([]);
  });
});

describe("the time", () => {
  it("is not invented on the first update", () => {
    expect(timeSentences(plan()).join(" ")).toBe(
      "This is the first update on this computer, so there is no measurement yet of how long it takes. Saving pauses for a short while near the end; reading goes on.",
    );
  });
  it("comes from earlier updates, and announces a long hold", () => {
    const estimate = { basis: "earlier-runs", totalMs: 41_000, pauseMs: 6100, holdMs: 31_000, steps: {} } as const;
    expect(timeSentences(plan({ estimate }))).toEqual([
      "This takes about 40 seconds, as earlier updates on this computer did.",
      "Saving pauses for about 6 seconds; reading goes on.",
      "While your data is copied, everybody sees a page that says so, for about 30 seconds. Choose a quiet hour for it.",
    ]);
  });
});

it("puts blockers before warnings and counts what passed", () => {
  const finding = (level: "ok" | "warning" | "blocker") => ({ check: "c", level, title: level, problem: null });
  const view = findingsView([finding("ok"), finding("warning"), finding("blocker"), finding("ok")]);
  expect(view.blockers).toHaveLength(1);
  expect(view.warnings).toHaveLength(1);
  expect(view.passed).toBe("2 checks passed");
});

it("says in numbers what an undo would take away", () => {
  const lost = {
    tables: [
      { table: "orders", added: 12, changed: 3, removed: 0 },
      { table: "order_lines", added: 1, changed: 0, removed: 0 },
      { table: "items", added: 0, changed: 0, removed: 0 },
    ],
  };
  expect(lostLines(lost)).toEqual(["12 orders added, 3 orders changed", "1 order line added"]);
  expect(lostLines(null)).toEqual([]);
});

it("says that it could not check as a state", () => {
  const problem = { code: "x", happened: "h", meaning: "m", todo: "t" };
  expect(stateTitle("1.0.0", { kind: "current", checkedAt: "2026-11-23T14:00:00Z", refused: [], stale: null })).toBe(
    "You run 1.0.0, the newest version.",
  );
  expect(stateTitle("1.0.0", { kind: "unknown", since: null, problem })).toMatch(/could not check/);
});
