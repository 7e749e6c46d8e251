import { describe, expect, test } from "vitest";
import type { Plan, RunKind } from "../contract.ts";
import { testFreshPlan, testPlan, testRestorePlan, testUndoPlan } from "../testing/plans.ts";
import { beginning, runName } from "./run-words.ts";
import { subjectOf } from "./status.ts";

const undoOf = (kind: RunKind): Plan => ({ ...testUndoPlan, undoes: { ...testUndoPlan.undoes!, kind } });
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
    [undoOf("restore"), "Undoing the restore", "Undo of the restore"],
    [testFreshPlan, "The fresh start with 1.1.0", "Fresh start with 1.1.0 in place of 1.0.0, no export is known"],
    [
      { ...testFreshPlan, fresh: { ...testFreshPlan.fresh!, lastExportAt: "2026-01-05T07:00:00.000Z" } },
      "The fresh start with 1.1.0",
      "Fresh start with 1.1.0 in place of 1.0.0, last exported 5 January 2026, 07:00 UTC",
    ],
    [undoOf("start_fresh"), "Undoing the fresh start", "Undo of the fresh start, from 1.1.0 to 1.0.0"],
    [{ ...job("backup"), backup: null }, "The backup", "Backup"],
    [job("verify"), "The check of a backup", "Check of the backup of 5 January 2026, 08:00 UTC"],
    [job("drill"), "The trial of a backup", "Trial of the backup of 5 January 2026, 08:00 UTC"],
  ])("%#", (plan, name, begun) => {
    expect([runName({ ...plan, ...subjectOf(plan) }), beginning(plan)]).toEqual([name, begun]);
  });
});
