import { describe, expect, it } from "vitest";
import type { Breaking } from "../../server/releases/contract.ts";
import type { ChainStatus } from "../../server/updates/chain-contract.ts";
import type { Outcome } from "../../server/updates/contract.ts";
import { breakingIntro } from "./breaking-view.ts";
import { plan, status } from "./fixtures.ts";
import { outcomeView } from "./outcome-view.ts";
import { againOf, pathNotice, pathWords, runsNow } from "./path-view.ts";
import { timeSentences } from "./plan-view.ts";
import { runTitle } from "./run-view.ts";

const chainAt = (index: number) => ({ id: "01JZ000000000000000000000C", path: ["2.0.0", "3.0.0"], index });
const first = status({ to: "2.0.0", chain: chainAt(0) });
const second = status({ from: "2.0.0", to: "3.0.0", chain: chainAt(1) });

describe("a step of a path", () => {
  it("is called by where the path leads, and by which step it is", () => {
    expect(pathWords(["2.9.0", "3.0.0", "4.0.0"])).toBe("2.9.0 first, then 3.0.0, then 4.0.0");
    expect(runTitle(first)).toBe("Updating FilaOps to 3.0.0, step 1 of 2: to 2.0.0");
    expect(runTitle(second)).toBe("Updating FilaOps to 3.0.0, step 2 of 2: to 3.0.0");
    expect(runTitle({ ...second, goingBack: true })).toBe("Going back to the version you had");
  });

  it("says of the later ones that their time is not known yet; the last one does not", () => {
    const known = (index: number) => timeSentences(plan({ to: chainAt(index).path[index]!, chain: chainAt(index) })).join(" ");
    expect(known(0)).toContain("How long the one to 3.0.0 takes is known only after it.");
    expect(known(1)).not.toContain("only after it");
  });

  it.each<[Outcome, string]>([
    ["rolled_back", "FilaOps is now 2.0.0 and works; the step to 3.0.0 did not work out and was taken back."],
    ["failed", "FilaOps is now 2.0.0 and works; the step to 3.0.0 could not begin."],
    ["cancelled", "FilaOps is now 2.0.0 and works; the step to 3.0.0 was cancelled."],
  ])("that ended %s after a good one says what runs now", (outcome, title) => {
    expect(outcomeView({ status: second, full: null }, outcome).title).toBe(title);
    const before = outcomeView({ status: first, full: null }, outcome);
    expect(before.title).not.toContain("is now");
    expect(before.sentences.at(-1)).toBe("The step to 3.0.0, which was to come after it, was not begun.");
  });
});

describe("between two steps", () => {
  const path = (over: Partial<ChainStatus>): ChainStatus => ({
    ...{ ...chainAt(0), run: first.run, state: "next", endedBy: null, problem: null },
    ...over,
  });
  const problem = { code: "x", happened: "The release is gone.", meaning: "…", todo: "Wait for another." };

  it("says that the next one comes, and can be ended", () => {
    expect(pathNotice(path({}), first)).toMatchObject({ goesOn: true });
    expect(againOf(first, "complete", path({}))).toBeNull();
  });
  it("says who ended it, or why it was not gone on with, and offers what is left", () => {
    const endedBy = { kind: "user", id: "7", name: "Ann", role: "admin" } as const;
    const ended = path({ state: "ended", endedBy });
    expect(pathNotice(ended, first)).toEqual({
      sentences: ["The step to 3.0.0 was not begun: Ann ended it here."],
      goesOn: false,
    });
    const broken = path({ state: "ended", problem });
    expect(pathNotice(broken, first)?.sentences).toContain("Reason: The release is gone.");
    expect(againOf(first, "complete", broken)).toBe("3.0.0");
  });
  it("is silent about another run, and at the end", () => {
    expect(pathNotice(path({ run: second.run.replace(/1$/, "9") }), first)).toBeNull();
    expect(pathNotice(path({ ...chainAt(1), state: "complete" }), first)).toBeNull();
    expect(pathNotice(null, first)).toBeNull();
  });
});

it("what runs after a step that did not work out is the one before", () => {
  expect([runsNow(second, "rolled_back"), runsNow(second, "complete"), runsNow(first, "complete")]).toEqual([
    "2.0.0",
    "3.0.0",
    "2.0.0",
  ]);
});

describe("trying again", () => {
  it.each<[string, Parameters<typeof againOf>, string | null]>([
    ["leads to the end of a path", [second, "rolled_back", null], "3.0.0"],
    ["leads to the end of a path whose first step failed", [first, "failed", null], "3.0.0"],
    ["leads to the version that did not begin", [status(), "failed", null], "1.1.0"],
    ["is not pressed on who was rolled back from one version", [status(), "rolled_back", null], null],
    ["is nothing for who needs a person", [second, "needs_attention", null], null],
    ["is nothing for an undo", [status({ kind: "undo" }), "failed", null], null],
  ])("%s", (_what, [run, outcome, newest], version) => {
    expect(againOf(run, outcome, newest)).toBe(version);
  });
});

describe("what an update breaks", () => {
  const listed = [{ version: "2.0.0", changes: [{ title: "One", detail: "…" }] }];
  const intro = (over: Partial<Breaking>) =>
    breakingIntro(plan({ to: "2.0.0" }), { reasons: ["major"], releases: listed, notMigratable: [], ...over });

  it("is said with what becomes of the data", () => {
    expect(intro({})).toEqual({
      tone: "warn",
      title: "2.0.0 is a new major version.",
      sentences: ["Your data is carried over. 1 thing will be different afterwards."],
    });
    expect(intro({ reasons: ["listed"] }).title).toBe("2.0.0 changes how FilaOps works.");
    expect(intro({ releases: [] }).sentences[0]).toContain("lists no changes");
    expect(intro({ reasons: ["stop"], releases: [] }).title).toBe("2.0.0 is more than one step away.");
  });
  it("and is no update where the data is not carried over", () => {
    const { tone, title, sentences } = intro({ notMigratable: ["2.0.0"] });
    expect([tone, title]).toEqual(["danger", "2.0.0 cannot take over your data."]);
    expect(sentences.join(" ")).toContain("You can stay on 1.0.0");
  });
});
