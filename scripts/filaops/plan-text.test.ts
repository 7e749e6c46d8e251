import { describe, expect, test } from "vitest";
import { testFreshPlan, testPlan, testRestorePlan, testUndoPlan } from "../../server/updates/testing/plans.ts";
import { planText, questionOf } from "./plan-text.ts";

const lost = {
  tables: [
    { table: "orders", added: 4, changed: 312, removed: 0 },
    { table: "items", added: 0, changed: 0, removed: 0 },
  ],
};

describe("a plan before it is begun", () => {
  test("of a restore: what would be lost in numbers, how long it can be taken back, and that everybody signs in again", () => {
    const plan = { ...testRestorePlan, backup: { ...testRestorePlan.backup!, lost } };
    expect(planText(plan, 7)).toEqual([
      "Restore of the backup of 5 January 2026, 08:00 UTC.",
      "  Entered since, and set aside by the restore:",
      "    orders: 4 added, 312 changed, 0 removed",
      "  What is there now is kept for 7 days; until then `filaops undo` brings it back.",
      "  Everybody is signed out, and signs in with the password of that time.",
      "  It was not measured here yet how long a restore takes.",
    ]);
  });

  test("that would lose nothing says so", () => {
    expect(planText(testRestorePlan, 7)).toContain("  Nothing was entered since; nothing would be lost.");
    expect(planText(testUndoPlan, 7)).toContain("  Nothing was entered since; nothing would be lost.");
    expect(planText(testPlan, 7).join("\n")).not.toContain("lost");
  });

  test("of a fresh start: what is set aside and for how long, and whether it was exported", () => {
    const of = (lastExportAt: string | null) =>
      planText({ ...testFreshPlan, fresh: { ...testFreshPlan.fresh!, lastExportAt } }, 7);
    expect(of(null)).toEqual([
      "Fresh start with 1.1.0 in place of 1.0.0, no export is known.",
      "  1.1.0 begins with an empty database. Owners keep their accounts and passwords, and the farm its settings. Set aside:",
      "    orders: 1",
      "  It is kept for 7 days; until then `filaops undo` brings it back.",
      "  There is no export of it here.",
      "  Everybody is signed out. Numbers of orders and customers go on where they are.",
      "  It was not measured here yet how long a fresh start takes.",
    ]);
    expect(of("2026-01-05T07:00:00.000Z").join("\n")).toContain("It was last exported 2026-01-05T07:00:00.000Z.");
  });

  test.each([
    [testPlan, "Update to 1.1.0?"],
    [testUndoPlan, "Go back to 1.0.0?"],
    [{ ...testUndoPlan, undoes: { ...testUndoPlan.undoes!, kind: "restore" as const } }, "Undo the restore?"],
    [{ ...testUndoPlan, undoes: { ...testUndoPlan.undoes!, kind: "start_fresh" as const } }, "Undo the fresh start?"],
    [testFreshPlan, "To start fresh with 1.1.0, type the name of your farm; to leave everything as it is, nothing:"],
    [testRestorePlan, "Restore this backup in place of what is there now?"],
  ])("%#: the question names what is done", (plan, question) => {
    expect(questionOf(plan)).toBe(question);
  });
});
