import { expect, test } from "vitest";
import { AppError } from "../../platform/errors.ts";
import type { Outcome } from "../contract.ts";
import { testPlan, testRestorePlan } from "../testing/plans.ts";
import { logLines } from "./log-lines.ts";

const { problem } = new AppError("data-changed", { what: "the content of a table" });
const lineOf = (outcome: Outcome) =>
  logLines(testPlan, [{ type: "finished", outcome, problem, at: testPlan.createdAt }])[0]?.text;

test("the first line says what was begun, and by whom", () => {
  const { id: plan, kind, from, to, createdAt: at } = testRestorePlan;
  const entry = {
    type: "planned",
    v: 1,
    run: plan,
    plan,
    kind,
    from,
    to,
    actor: { kind: "operator" },
    idempotencyKey: "k",
    at,
  } as const;
  expect(logLines(testRestorePlan, [entry])[0]?.text).toBe(
    "Restore of the backup of 5 January 2026, 08:00 UTC, started by the command line.",
  );
});

// People were sent to the log, did what it says, and still could not update: nothing told them that FilaOps waits to hear of it.
test("the end of a run that needs a person says what to run when it is put right; other ends do not", () => {
  expect(lineOf("needs_attention")).toMatch(
    /^A person is needed\. .*who else writes to this database\. When it is put right, run `filaops settle`/,
  );
  for (const outcome of ["complete", "rolled_back", "failed", "cancelled"] as const) {
    expect(lineOf(outcome)).not.toContain("settle");
  }
});
