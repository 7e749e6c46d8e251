import type { Status, StepStatus } from "../../updates/contract.ts";

const step = (name: StepStatus["name"], title: string, state: StepStatus["state"]): StepStatus => ({
  name,
  title,
  state,
  ms: 1200,
  progress: { done: 409, total: 1000, unit: "rows" },
  detail: "a secret detail",
});

/** The status of a run in the middle of its copy. */
export function status(changes: Partial<Status> = {}): Status {
  return {
    v: 1,
    run: "01JD8Z0000000000000000000A",
    kind: "update",
    undoes: null,
    about: null,
    chain: null,
    endsSessions: false,
    from: "1.0.0",
    to: "1.1.0",
    seedStatus: "applying",
    outcome: null,
    startedAt: "2026-11-23T11:59:00.000Z",
    updatedAt: "2026-11-23T12:00:00.000Z",
    finishedAt: null,
    startedBy: { kind: "user", id: "u1", name: "Ann", role: "owner" },
    percent: 30,
    steps: [
      step("backup", "Backing up your data", "done"),
      step("copy", "Copying the database", "running"),
      step("migrate", "Preparing your data for 1.1.0", "todo"),
    ],
    people: "read",
    goingBack: false,
    canCancel: false,
    problem: { code: "x", happened: "a secret problem", meaning: "m", todo: "t" },
    warnings: [],
    pauseMs: null,
    books: { before: null, after: null },
    estimateMs: null,
    backup: null,
    leaseSeconds: 60,
    ...changes,
  };
}
