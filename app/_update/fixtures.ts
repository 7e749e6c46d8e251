import type { Books } from "../../server/databases/contract.ts";
import type { Plan, Status } from "../../server/updates/contract.ts";

/** A run in the middle of its backup, for tests of what is said about it. */
export function status(over: Partial<Status> = {}): Status {
  return {
    v: 1,
    run: "01JZ0000000000000000000001",
    kind: "update",
    undoes: null,
    about: null,
    chain: null,
    endsSessions: false,
    from: "1.0.0",
    to: "1.1.0",
    seedStatus: "backing_up",
    outcome: null,
    startedAt: "2026-11-23T14:00:00.000Z",
    updatedAt: "2026-11-23T14:00:10.000Z",
    finishedAt: null,
    startedBy: { kind: "user", id: "u1", name: "Ada", role: "owner" },
    percent: 20,
    steps: [
      { name: "preflight", title: "Checking this computer", state: "done", ms: 430, progress: null, detail: null },
      {
        name: "backup",
        title: "Backing up your data",
        state: "running",
        ms: null,
        progress: { done: 41e6, total: 85e6, unit: "bytes" },
        detail: null,
      },
      { name: "pause", title: "Pausing changes", state: "todo", ms: null, progress: null, detail: null },
    ],
    people: "all",
    goingBack: false,
    canCancel: true,
    problem: null,
    warnings: [],
    pauseMs: null,
    books: { before: null, after: null },
    estimateMs: null,
    backup: null,
    leaseSeconds: 30,
    ...over,
  };
}

/** Books with the given number of orders and twice as many lines. */
export function books(orders: number): Books {
  return {
    tables: [
      { table: "orders", rows: orders, totals: { total: "1.00" } },
      { table: "order_lines", rows: orders * 2, totals: {} },
    ],
  };
}

/** A plan from 1.0.0 to 1.1.0 without any finding. */
export function plan(over: Partial<Plan> = {}): Plan {
  return {
    v: 1,
    id: "01JZ0000000000000000000002",
    kind: "update",
    from: "1.0.0",
    to: "1.1.0",
    createdAt: "2026-11-23T14:00:00.000Z",
    expiresAt: "2026-11-23T14:15:00.000Z",
    createdBy: { kind: "operator" },
    steps: ["preflight"],
    findings: [],
    estimate: { basis: "none", totalMs: null, pauseMs: null, holdMs: null, steps: {} },
    release: null,
    schemaHead: "x",
    database: {
      live: { name: "filaops", oid: 1 },
      bytes: 1,
      settings: { settings: [], connectionLimit: -1, comment: null, grants: [], encoding: "UTF8", collate: "C", ctype: "C" },
      green: "g",
      kept: "k",
    },
    slots: { blue: "blue", green: "green" },
    undoes: null,
    backup: null,
    fresh: null,
    making: null,
    endsSessions: false,
    chain: null,
    breaking: null,
    ...over,
  };
}
