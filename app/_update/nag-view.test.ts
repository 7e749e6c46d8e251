import { describe, expect, it } from "vitest";
import type { NagState } from "../../server/nag/contract.ts";
import { closeWords, nagView } from "./nag-view.ts";

const PROBLEM = { code: "release-needs-node", happened: "It needs Node 26.", meaning: "", todo: "Install a newer Node." };

function state({ notice, ...over }: Partial<Omit<NagState, "notice">> & { notice?: Partial<NagState["notice"]> } = {}): NagState {
  return {
    notice: {
      level: "subtle",
      reason: "age",
      daysBehind: 2,
      versionsBehind: 1,
      newest: "1.1.0",
      security: false,
      hidden: null,
      closeHours: 168,
      maySkip: true,
      ...notice,
    },
    offered: "1.1.0",
    failedBefore: false,
    impossible: null,
    closes: [],
    issues: { kind: "known", list: ["Labels come out upside down."] },
    cap: null,
    checkedAt: null,
    ...over,
  };
}

const WHY = "Rush orders have a status of their own.";

describe("a notice grows", () => {
  it("from a word in passing, with one line why it is worth it", () => {
    expect(nagView(state(), WHY)).toEqual({
      tone: "info",
      title: "FilaOps 1.1.0 is available",
      lines: [WHY],
      list: null,
      act: "update",
    });
  });
  it("to how far behind one is", () => {
    expect(nagView(state({ notice: { level: "warning", daysBehind: 24, versionsBehind: 3 } }), WHY)).toMatchObject({
      tone: "warn",
      title: "FilaOps 1.1.0 is available",
      lines: ["You are 3 versions behind, for 24 days.", WHY],
      list: null,
    });
  });
  it("to the issues that one may run into", () => {
    expect(nagView(state({ notice: { level: "urgent", daysBehind: 33 } }), WHY)).toMatchObject({
      tone: "urgent",
      lines: ["You are 1 version behind, for 33 days."],
      list: { title: "Known issues may affect you:", items: ["Labels come out upside down."] },
    });
  });
  it("to a title that says it all", () => {
    expect(nagView(state({ notice: { level: "critical", daysBehind: 64, closeHours: null } }), WHY)).toMatchObject({
      tone: "danger",
      title: "FilaOps is 1 version behind, for 64 days",
      lines: ["Please update to 1.1.0. Your data is backed up first."],
    });
  });
});

it("lists what was put right since, at most three of them, where no issues are known", () => {
  const list = ["a", "b", "b", "c", "d", "e"];
  const urgent = { notice: { level: "urgent" as const } };
  expect(nagView(state({ ...urgent, issues: { kind: "fixed-since", list } }), null)?.list).toEqual({
    title: "Known issues may affect you. Put right since:",
    items: ["a", "b", "c", "and 2 more"],
  });
  expect(nagView(state({ ...urgent, issues: { kind: "fixed-since", list: [] } }), null)?.list?.items).toEqual([]);
});

it("names the hole that is closed, on the first day as on the last", () => {
  const closes = ["Whoever knew an order's number could read it."];
  for (const level of ["warning", "urgent", "critical"] as const) {
    const notice = { level, security: true, daysBehind: 0 };
    expect(nagView(state({ notice, closes }), WHY)).toMatchObject({
      title: "FilaOps 1.1.0 closes a security hole",
      lines: ["You are 1 version behind since today."],
      list: { title: "What it puts right:", items: closes },
    });
  }
});

describe("when it cannot be installed", () => {
  const blocked = { offered: null, impossible: PROBLEM };
  it("says nothing at first, then why and what to do instead", () => {
    expect(nagView(state(blocked), null)).toBeNull();
    expect(nagView(state({ ...blocked, notice: { level: "warning", daysBehind: 9 } }), null)).toMatchObject({
      title: "FilaOps 1.1.0 cannot be installed here yet",
      lines: ["You are 1 version behind, for 9 days.", "It needs Node 26.", "Install a newer Node."],
      act: "look",
    });
  });
  it("because it did not work out before, says nothing at first, then that", () => {
    expect(nagView(state({ failedBefore: true }), null)).toBeNull();
    expect(nagView(state({ failedBefore: true, notice: { level: "urgent" } }), null)).toMatchObject({
      title: "FilaOps 1.1.0 did not work out here",
      act: "look",
    });
  });
});

it("says nothing when nothing was missed", () => {
  expect(nagView(state({ notice: { level: "none", newest: null } }), WHY)).toBeNull();
});

it("has a cross that says for how long", () => {
  expect([168, 24, null].map(closeWords)).toEqual(["Hide for 7 days", "Hide until tomorrow", null]);
});
