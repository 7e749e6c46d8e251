import type { JournalEntry, Plan, StepName } from "../contract.ts";

/** What stands for a version that nothing says. */
const UNKNOWN = "0.0.0";

/**
 * What the journal still says of a plan whose file is lost or damaged, for who looks: kind, versions, who and when, and the steps that were begun. All else
 * is empty. Nobody acts on it, since the run counts as damaged.
 */
export function planFromJournal(run: string, journal: readonly JournalEntry[]): Plan {
  const at = journal[0]?.at ?? "1970-01-01T00:00:00.000Z";
  const nothing = { plan: run, kind: "update", from: UNKNOWN, to: UNKNOWN, actor: { kind: "system" }, at } as const;
  const planned = journal.find((entry) => entry.type === "planned") ?? nothing;
  const steps = new Set(journal.flatMap((entry): StepName[] => ("step" in entry ? [entry.step] : [])));
  const none = { settings: [], connectionLimit: -1, comment: null, grants: [], encoding: "", collate: "", ctype: "" };
  return {
    v: 1,
    id: planned.plan,
    kind: planned.kind,
    from: planned.from,
    to: planned.to,
    createdAt: planned.at,
    expiresAt: planned.at,
    createdBy: planned.actor,
    steps: [...steps],
    findings: [],
    estimate: { basis: "none", totalMs: null, pauseMs: null, holdMs: null, steps: {} },
    release: null,
    schemaHead: "",
    database: { live: { name: "", oid: 0 }, bytes: 0, settings: none, green: "", kept: "" },
    slots: { blue: "blue", green: "green" },
    undoes: null,
    backup: null,
    fresh: null,
    making: null,
    endsSessions: false,
    chain: null,
    breaking: null,
  };
}
