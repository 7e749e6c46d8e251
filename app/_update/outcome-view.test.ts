import { describe, expect, it } from "vitest";
import { publicStatusSchema } from "../../server/updates/contract.ts";
import type { Outcome, Status } from "../../server/updates/contract.ts";
import { books, status } from "./fixtures.ts";
import { booksLine, outcomeView, outcomeWords, supportReport } from "./outcome-view.ts";

const problem = { code: "x", happened: "The new version did not start.", meaning: "Your data is untouched.", todo: "Report it." };

const view = (outcome: Outcome, over: Partial<Status> = {}) => {
  const full = status({ outcome, problem: outcome === "complete" ? null : problem, ...over });
  return outcomeView({ status: full, full }, outcome);
};

describe("a finished run", () => {
  it("complete: the version, the data, the pause", () => {
    expect(view("complete", { pauseMs: 3200 })).toMatchObject({
      tone: "good",
      title: "FilaOps is now 1.1.0.",
      sentences: ["Everything you saved is here.", "Saving was paused for 4 seconds."],
      reason: null,
    });
  });

  it("rolled back: equal books in numbers, the reason, no second try", () => {
    expect(view("rolled_back", { books: { before: books(4012), after: books(4012) } })).toMatchObject({
      title: "The update did not work out, and FilaOps went back to 1.0.0 by itself.",
      sentences: ["Nothing was lost: 4,012 orders before, 4,012 orders now.", "We will not try 1.1.0 again by ourselves."],
      reason: "The new version did not start.",
    });
  });

  it("rolled back before anything was counted: claims no numbers", () => {
    expect(view("rolled_back").sentences[0]).toBe("Your data is untouched.");
  });

  it("failed: nothing changed, why, and what to do", () => {
    expect(view("failed")).toMatchObject({
      sentences: ["Nothing was changed, and nobody had to stop working."],
      reason: problem.happened,
      todo: "Report it.",
    });
  });

  it("cancelled: where one is", () => {
    expect(view("cancelled").sentences).toEqual(["Nothing was changed. You run 1.0.0."]);
  });

  // Only the doctor was named. Whoever had put everything right could not update any more, since nothing said that FilaOps waits to be told.
  it("needs attention: what is true, where the backup is, what to type, and what to type when it is put right", () => {
    const seen = view("needs_attention", { backup: "01JZ0000000000000000000007" });
    expect(seen).toMatchObject({ tone: "danger", todo: "Report it." });
    expect(seen.commands.map(({ command }) => command)).toEqual(["filaops doctor", "filaops settle"]);
    expect(seen.sentences.join(" ")).toContain("backups/01JZ0000000000000000000007");
  });

  it("undone: says where the entries since are, not that all is there", () => {
    const seen = view("complete", { kind: "undo", from: "1.1.0", to: "1.0.0" });
    expect(seen.title).toBe("FilaOps is back on 1.0.0.");
    expect(seen.sentences.join(" ")).not.toContain("Everything you saved is here");
  });

  it.each(["complete", "rolled_back", "failed", "cancelled", "needs_attention"] as const)(
    "%s can be told from the public status alone, without naming what it does not know",
    (outcome) => {
      const pub = publicStatusSchema.parse(status({ outcome, problem }));
      const seen = outcomeView({ status: pub, full: null }, outcome);
      expect(JSON.stringify(seen)).not.toMatch(/1\.0\.0|undefined|null\./);
      expect(seen.reason).toBeNull();
    },
  );
});

describe("books", () => {
  it.each([
    ["not counted", null, null, null],
    ["counted once", books(1), null, null],
    ["different", books(2), books(1), null],
    ["equal", books(1), books(1), "1 order before, 1 order now"],
  ])("%s", (_name, before, after, line) => {
    expect(booksLine(before, after)).toBe(line);
  });
  it("that differ in any table are not called equal", () => {
    const after = books(5);
    after.tables[1]!.rows -= 1;
    expect(booksLine(books(5), after)).toBeNull();
  });
});

describe("a restore and its undo", () => {
  const about = { id: "01JZ0000000000000000000005", createdAt: "2026-11-24T02:00:00.000Z" };
  const RESTORE = { kind: "restore", to: "1.0.0", about } as const;
  const UNDO = { kind: "undo", undoes: "restore", to: "1.0.0" } as const;
  it.each([
    [RESTORE, "complete", "FilaOps is restored to the backup of 24 November 2026, 02:00 UTC."],
    [RESTORE, "rolled_back", "The restore did not work out, and FilaOps stayed as it was."],
    [RESTORE, "failed", "The backup was not restored."],
    [RESTORE, "cancelled", "The restore was cancelled."],
    [RESTORE, "needs_attention", "FilaOps needs a person."],
    [UNDO, "complete", "The restore is undone."],
    [UNDO, "rolled_back", "Undoing the restore did not work out, and FilaOps stayed as it was."],
    [UNDO, "failed", "The restore was not undone."],
    [UNDO, "cancelled", "Undoing the restore was cancelled."],
  ] as const)("%o that ended %s is told without a word of updates or versions", (run, outcome, title) => {
    const full = status({ ...run, outcome, problem: outcome === "complete" ? null : problem });
    const seen = outcomeView({ status: full, full }, outcome, "UTC");
    expect(seen.title).toBe(title);
    expect([seen.title, ...seen.sentences].join(" ")).not.toMatch(/update|version|1\.0\.0/i);
  });

  it("says where the entries since are, that everybody signs in again, and how long saving was paused", () => {
    const full = status({ ...RESTORE, outcome: "complete", pauseMs: 1500 });
    expect(outcomeView({ status: full, full }, "complete", "UTC").sentences).toEqual([
      "What was entered after that backup is not shown any more; it is kept in a database of its own.",
      "Everybody was signed out, and signs in with the password of that time.",
      "Saving was paused for 2 seconds.",
    ]);
  });

  it("names the backup of before, for the person who is needed", () => {
    const full = status({ ...RESTORE, backup: "01JZ0000000000000000000007" });
    expect(outcomeView({ status: full, full }, "needs_attention").sentences.join(" ")).toContain(
      "The backup made before the restore lies in the folder backups/01JZ0000000000000000000007",
    );
  });

  it("is named in the report", () => {
    expect(supportReport(status({ ...RESTORE, outcome: "complete" }))).toContain(
      "FilaOps restore of the backup 01JZ0000000000000000000005 of 2026-11-24T02:00:00.000Z, 1.0.0 -> 1.0.0: complete",
    );
    expect(supportReport(status({ ...UNDO, outcome: "complete" }))).toContain(
      "FilaOps undo of a restore, 1.0.0 -> 1.0.0: complete",
    );
  });
});

describe("a fresh start and its undo", () => {
  const FRESH = { kind: "start_fresh", to: "2.0.0" } as const;
  const UNDO = { kind: "undo", undoes: "start_fresh", to: "1.0.0" } as const;
  it.each([
    [FRESH, "complete", "FilaOps 2.0.0 is started fresh."],
    [FRESH, "rolled_back", "The fresh start did not work out, and FilaOps stayed as it was."],
    [FRESH, "failed", "FilaOps was not started fresh."],
    [FRESH, "cancelled", "The fresh start was cancelled."],
    [UNDO, "complete", "The fresh start is undone, and FilaOps is back on 1.0.0."],
    [UNDO, "rolled_back", "Undoing the fresh start did not work out, and FilaOps stayed as it was."],
    [UNDO, "failed", "The fresh start was not undone."],
    [UNDO, "cancelled", "Undoing the fresh start was cancelled."],
  ] as const)("%o that ended %s is told", (run, outcome, title) => {
    const full = status({ ...run, outcome, problem: outcome === "complete" ? null : problem });
    expect(outcomeView({ status: full, full }, outcome, "UTC").title).toBe(title);
  });

  it("says where everything is, and who can sign in", () => {
    const full = status({ ...FRESH, outcome: "complete", pauseMs: 1500 });
    expect(outcomeView({ status: full, full }, "complete", "UTC").sentences).toEqual([
      "What was there before is not shown any more; it is kept in a database of its own.",
      "Everybody was signed out. Owners sign in with the password that they have; nobody else has an account any more.",
      "Saving was paused for 2 seconds.",
    ]);
    expect(supportReport(full)).toContain("FilaOps fresh start 1.0.0 -> 2.0.0: complete");
    expect(supportReport(status({ ...UNDO, outcome: "complete" }))).toContain("FilaOps undo of a fresh start, 1.0.0 -> 1.0.0");
  });
});

it.each([
  ["update", null, "Under way"],
  ["update", "complete", "Updated"],
  ["update", "rolled_back", "Went back by itself"],
  ["update", "failed", "Nothing was changed"],
  ["update", "cancelled", "Cancelled"],
  ["update", "needs_attention", "Needs a person"],
  ["undo", "complete", "Went back"],
  ["undo", "rolled_back", "Stayed as it was"],
  ["restore", null, "Under way"],
  ["restore", "complete", "Restored"],
  ["restore", "rolled_back", "Stayed as it was"],
  ["start_fresh", "complete", "Started fresh"],
  ["start_fresh", "rolled_back", "Stayed as it was"],
] as const)("in the history an %s that ended %s reads %s", (kind, outcome, words) => {
  expect(outcomeWords({ kind, undoes: null }, outcome).text).toBe(words);
});

it("reports what a technician asks first", () => {
  const report = supportReport(
    status({
      outcome: "rolled_back",
      problem,
      books: { before: books(3), after: books(3) },
      backup: "01JZ0000000000000000000007",
    }),
  );
  expect(report).toContain("FilaOps update 1.0.0 -> 1.1.0: rolled_back");
  expect(report).toContain("done     preflight (0.4 s)");
  expect(report).toContain("[x] The new version did not start.");
  expect(report).toContain("Books after: orders 3, order_lines 6");
});
