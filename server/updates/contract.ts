import { z } from "zod";
import { backupKindSchema, backupSchema } from "../backups/contract.ts";
import {
  booksSchema,
  carriedSchema,
  changesSinceSchema,
  databaseIdentitySchema,
  databaseSettingsSchema,
} from "../databases/contract.ts";
import { slotNameSchema } from "../deployment/contract.ts";
import { actorSchema, instantSchema, problemSchema, ulidSchema, versionSchema } from "../platform/contract.ts";
import { breakingSchema, releaseSchema } from "../releases/contract.ts";
import { chainSchema } from "./chain-contract.ts";

/**
 * Words (design 2). *Plan*: from → to, the steps, the estimate, what preflight found; immutable, valid for 15 minutes. *Run*: one execution
 * of a plan. *Step*: one unit of a run. *Journal*: append-only file of a run, the truth about it. *Status*: what people are shown, derived
 * from the journal. *Blue*: what runs now; *green*: what will run next; each an app instance and its database.
 */

/**
 * What a run is for. `update`, `undo`, `restore` and `start_fresh` (a release with an empty database in place of what is there) change what people work with and stand in
 * the history; `backup`, `verify`, `drill` and `offsite` (copies elsewhere) are jobs beside it that change nothing of theirs.
 */
export const runKindSchema = z.enum(["update", "undo", "restore", "start_fresh", "backup", "verify", "drill", "offsite"]);
export type RunKind = z.infer<typeof runKindSchema>;

/** Steps before saving pauses (some kinds migrate there already), those that most kinds have in the pause, and those after it or of jobs. */
const BEFORE_PAUSE = ["preflight", "download", "backup", "read-through", "load", "lay-empty", "warm"] as const;
const IN_PAUSE = ["pause", "copy", "carry-over", "prepare", "migrate", "verify", "switch", "observe", "commit", "open"] as const;
const OTHERS = ["cleanup", "discard", "retain", "copy-out"] as const;
/** Names in the journal are promises: renaming one needs a reader for the old name. */
export const stepNameSchema = z.enum([...BEFORE_PAUSE, ...IN_PAUSE, ...OTHERS]);
export type StepName = z.infer<typeof stepNameSchema>;

export const outcomeSchema = z.enum(["complete", "rolled_back", "failed", "cancelled", "needs_attention"]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** The seed's words for where an update stands, plus ours. */
export const seedStatusSchema = z.enum([
  "pending",
  "downloading",
  "backing_up",
  "rehearsing",
  "applying",
  "migrating",
  "restarting",
  "verifying",
  "complete",
  "failed",
  "rolled_back",
  "cancelled",
  "needs_attention",
]);
export type SeedStatus = z.infer<typeof seedStatusSchema>;

/** What a check found. A `blocker` forbids the run; a `warning` is shown; `ok` is shown ticked. */
export const findingSchema = z.object({
  check: z.string(),
  level: z.enum(["ok", "warning", "blocker"]),
  title: z.string(),
  problem: problemSchema.nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

/** Milliseconds, and where they come from: never an invented number. */
export const estimateSchema = z.object({
  basis: z.enum(["none", "earlier-runs"]),
  totalMs: z.number().nullable(),
  pauseMs: z.number().nullable(),
  /** The predicted hold of the copy, from size and earlier copies. */
  holdMs: z.number().nullable(),
  steps: z.partialRecord(stepNameSchema, z.number()),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** A backup as a plan names it; `lost` is what was entered since, in numbers, and would not be there after a restore. */
const planBackupSchema = backupSchema
  .pick({ id: true, createdAt: true, version: true, schemaHead: true })
  .extend({ books: booksSchema, lost: changesSinceSchema.nullable() });

/**
 * `books`: of what is set aside, as they were when this was planned. `lastExportAt`: when what there is was last exported, as far as is known. `keptDays`: for
 * how long it can be brought back.
 */
const freshSchema = z.object({ books: booksSchema, lastExportAt: instantSchema.nullable(), keptDays: z.number() });

/** `plans/<ulid>.json` and `updates/<run>/plan.json`, v1. */
export const planSchema = z.object({
  v: z.literal(1),
  id: ulidSchema,
  kind: runKindSchema,
  from: versionSchema,
  to: versionSchema,
  createdAt: instantSchema,
  expiresAt: instantSchema,
  createdBy: actorSchema,
  steps: z.array(stepNameSchema),
  findings: z.array(findingSchema),
  estimate: estimateSchema,
  /** The release of an update or a fresh start; `null` for an undo, which goes by what was recorded. */
  release: releaseSchema.nullable(),
  /** The newest migration of what will run. */
  schemaHead: z.string(),
  database: z.object({
    live: databaseIdentitySchema,
    bytes: z.number(),
    settings: databaseSettingsSchema,
    /** Green's name while it is made; an undo names the kept database here. */
    green: z.string(),
    /** The name that blue gets at the switch. */
    kept: z.string(),
  }),
  slots: z.object({ blue: slotNameSchema, green: slotNameSchema }),
  /** For an undo: the run that it takes back, the kept database, and what would be lost. */
  undoes: z
    .object({
      run: ulidSchema,
      /** What that run was for. */
      kind: runKindSchema.default("update"),
      kept: databaseIdentitySchema,
      lost: changesSinceSchema,
    })
    .nullable(),
  /** The backup that a restore, a verification or a drill is about. Plans of before know none. */
  backup: planBackupSchema.nullable().default(null),
  /** What a fresh start sets aside, and whether it was exported before. Plans of before know none. */
  fresh: freshSchema.nullable().default(null),
  /** What a run of kind `backup` makes. */
  making: z
    .object({ kind: backupKindSchema, note: z.string().max(500) })
    .nullable()
    .default(null),
  /** All sessions end with the commit: who may sign in, and with which password, is the other database's to say. */
  endsSessions: z.boolean().default(false),
  /** Of an update that is one step of several. Plans of before know none. */
  chain: chainSchema.nullable().default(null),
  /** What an update breaks, all further steps of its path included; `null` of an ordinary one. */
  breaking: breakingSchema.nullable().default(null),
});
export type Plan = z.infer<typeof planSchema>;

/** Facts that steps write down, by name; later steps and every `undo` read them. Each is recorded before what depends on it. */
export const factsSchema = z.object({
  backup: ulidSchema,
  blue: databaseIdentitySchema,
  green: databaseIdentitySchema,
  booksBefore: booksSchema,
  /** Of an empty database as the release's own migrations made it, before anything was carried over. */
  booksBare: booksSchema,
  /** What was carried over into it, in rows. */
  carried: carriedSchema,
  dataHashBefore: z.string(),
  booksAfter: booksSchema,
  dataHashAfter: z.string(),
  pausedAt: instantSchema,
  openedAt: instantSchema,
  holdMs: z.number(),
  /** How long the release took to answer anything when it was started aside. */
  bootMs: z.number(),
  /** How long the backup took to restore aside and to compare. */
  loadMs: z.number(),
  /** The session epoch from the commit on, where the run ends all sessions. */
  sessionEpoch: z.int().min(0),
  /** Which start of green was warmed, as `startOf` says it; from then until the commit it has to be the same one. */
  greenStart: z.string(),
});
export type Facts = Partial<z.infer<typeof factsSchema>>;

const at = { at: instantSchema };

/** One line of `journal.ndjson`, v1 (its CRC stands before it on the line). A viewer skips types it does not know; the runner stops. */
export const journalEntrySchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("planned"),
    v: z.literal(1),
    run: ulidSchema,
    plan: ulidSchema,
    kind: runKindSchema,
    from: versionSchema,
    to: versionSchema,
    actor: actorSchema,
    idempotencyKey: z.string().max(100),
    ...at,
  }),
  /** A runner took the lock: the first start too. */
  z.object({ type: z.literal("runner"), pid: z.int(), ...at }),
  z.object({ type: z.literal("started"), step: stepNameSchema, ...at }),
  z.object({ type: z.literal("fact"), fact: factsSchema.partial(), ...at }),
  z.object({ type: z.literal("done"), step: stepNameSchema, ms: z.number(), detail: z.string().exactOptional(), ...at }),
  /** A crash was found and the step had not been done: it is begun again. */
  z.object({ type: z.literal("again"), step: stepNameSchema, ...at }),
  z.object({ type: z.literal("failed"), step: stepNameSchema, problem: problemSchema, ...at }),
  z.object({ type: z.literal("cancelled"), by: actorSchema, ...at }),
  z.object({ type: z.literal("undoing"), step: stepNameSchema, ...at }),
  z.object({ type: z.literal("undone"), step: stepNameSchema, ms: z.number(), ...at }),
  z.object({ type: z.literal("undo-failed"), step: stepNameSchema, problem: problemSchema, ...at }),
  z.object({ type: z.literal("warning"), problem: problemSchema, ...at }),
  z.object({ type: z.literal("finished"), outcome: outcomeSchema, problem: problemSchema.nullable(), ...at }),
]);
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** How far a step is, in what it moves: never a fake share. `total` is null when it is not known. */
export const progressSchema = z.object({
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(["bytes", "rows", "migrations", "seconds", "checks", "steps"]),
});
export type Progress = z.infer<typeof progressSchema>;

export const stepStatusSchema = z.object({
  name: stepNameSchema,
  /** In people's words (ux.md): "Backing up your data". */
  title: z.string(),
  state: z.enum(["todo", "running", "done", "failed", "undoing", "undone"]),
  ms: z.number().nullable(),
  progress: progressSchema.nullable(),
  detail: z.string().nullable(),
});
export type StepStatus = z.infer<typeof stepStatusSchema>;

/** What a run is about, besides the versions. An updater of before did not say it. */
const subjectSchema = {
  /** Of an undo: what kind of run it takes back. */
  undoes: runKindSchema.nullable().default(null),
  /** Of a restore, a check or a trial: the backup, and when that was made. */
  about: backupSchema.pick({ id: true, createdAt: true }).nullable().default(null),
  /** Of an update that is one step of several. */
  chain: chainSchema.nullable().default(null),
};

/** `status.json`, v1: derived from the journal, never written by hand. The gate shows everyone `publicStatusSchema` of it, no details. */
export const statusSchema = z.object({
  v: z.literal(1),
  run: ulidSchema,
  kind: runKindSchema,
  ...subjectSchema,
  /** All sessions end with it. */
  endsSessions: z.boolean().default(false),
  from: versionSchema,
  to: versionSchema,
  seedStatus: seedStatusSchema,
  outcome: outcomeSchema.nullable(),
  startedAt: instantSchema,
  updatedAt: instantSchema,
  finishedAt: instantSchema.nullable(),
  startedBy: actorSchema,
  percent: z.number().min(0).max(100),
  steps: z.array(stepStatusSchema),
  /** What others can do now: all, only read, or wait for a moment. */
  people: z.enum(["all", "read", "held"]),
  /** Going back by itself after a failure. */
  goingBack: z.boolean(),
  canCancel: z.boolean(),
  problem: problemSchema.nullable(),
  warnings: z.array(problemSchema),
  pauseMs: z.number().nullable(),
  /** Books before and after, for "4,012 orders before, 4,012 orders now". */
  books: z.object({ before: booksSchema.nullable(), after: booksSchema.nullable() }),
  estimateMs: z.number().nullable(),
  backup: ulidSchema.nullable(),
  /** Seconds without a sign of life after which the page shows the manual way. */
  leaseSeconds: z.number(),
});
export type Status = z.infer<typeof statusSchema>;

/** What the gate shows to everyone, signed in or not. */
export const publicStatusSchema = statusSchema
  .pick({
    run: true,
    kind: true,
    undoes: true,
    chain: true,
    endsSessions: true,
    to: true,
    outcome: true,
    updatedAt: true,
    percent: true,
    people: true,
    goingBack: true,
    leaseSeconds: true,
  })
  .extend({ steps: z.array(stepStatusSchema.pick({ name: true, title: true, state: true })) });
export type PublicStatus = z.infer<typeof publicStatusSchema>;

/** One line of the history. */
export const historyItemSchema = z.object({
  run: ulidSchema,
  kind: runKindSchema,
  ...subjectSchema,
  from: versionSchema,
  to: versionSchema,
  startedAt: instantSchema,
  finishedAt: instantSchema.nullable(),
  startedBy: z.string(),
  outcome: outcomeSchema.nullable(),
  seedStatus: seedStatusSchema,
  durationMs: z.number().nullable(),
  pauseMs: z.number().nullable(),
  problem: problemSchema.nullable(),
  /** What did not work out although the run went on. An updater of before did not say. */
  warnings: z.array(problemSchema).default([]),
  backup: ulidSchema.nullable(),
  /** Until when it can be undone; `null` when it cannot, with the reason. */
  undoableUntil: instantSchema.nullable(),
  notUndoable: z.string().nullable(),
});
export type HistoryItem = z.infer<typeof historyItemSchema>;

/** One line of a run's log as people see it. */
export const logLineSchema = z.object({ at: instantSchema, text: z.string() });
export type LogLine = z.infer<typeof logLineSchema>;
