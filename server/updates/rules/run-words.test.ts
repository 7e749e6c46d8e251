import { describe, expect, test } from "vitest";
import { testPlan, testRestorePlan, testUndoPlan } from "../testing/plans.ts";
import { beginning, runName } from "./run-words.ts";
import { subjectOf } from "./status.ts";

const undoOfRestore = { ...testUndoPlan, undoes: { ...testUndoPlan.undoes!, kind: "restore" as const } };
const job = (kind: "backup" | "verify" | "drill") => ({ ...testRestorePlan, kind });

describe("what a run is called", () => {
  test.each([
    [testPlan, "The update to 1.1.0", "Update from 1.0.0 to 1.1.0"],
    [testUndoPlan, "Going back to 1.0.0", "Undo from 1.1.0 to 1.0.0"],
    [
      testRestorePlan,
      "The restore of the backup of 5 January 2026, 08:00 UTC",
      "Restore of the backup of 5 January 2026, 08:00 UTC",
    ],
    [undoOfRestore, "Undoing the restore", "Undo of the restore"],
    [{ ...job("backup"), backup: null }, "The backup", "Backup"],
    [job("verify"), "The check of a backup", "Check of the backup of 5 January 2026, 08:00 UTC"],
    [job("drill"), "The trial of a backup", "Trial of the backup of 5 January 2026, 08:00 UTC"],
  ])("%#", (plan, name, begun) => {
    expect([runName({ ...plan, ...subjectOf(plan) }), beginning(plan)]).toEqual([name, begun]);
  });
});
