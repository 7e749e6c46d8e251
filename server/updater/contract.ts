import { z } from "zod";
import { instantSchema, problemSchema, ulidSchema, versionSchema } from "../platform/contract.ts";
import { checkSettingsSchema, releaseStatusSchema } from "../releases/contract.ts";
import { automaticViewSchema } from "../updates/automatic-contract.ts";
import { chainStatusSchema } from "../updates/chain-contract.ts";
import { historyItemSchema, logLineSchema, statusSchema } from "../updates/contract.ts";

/** What crosses the updater's socket. The same shapes serve the web's procedures, REST and the CLI. */

/** On whose behalf a call is made. The updater reads a user's role from the database itself; the operator's token is the CLI's. */
export const callerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), userId: z.string().regex(/^[1-9]\d{0,17}$/, "not a user's id") }),
  z.object({ kind: z.literal("operator") }),
]);
export type Caller = z.infer<typeof callerSchema>;

export const idempotencyKeySchema = z.string().regex(/^[\w-]{8,100}$/);

export const installedSchema = z.object({ version: versionSchema, schemaHead: z.string(), since: instantSchema.nullable() });
export type Installed = z.infer<typeof installedSchema>;

/** All that settings → Updates and the banner show. */
export const overviewSchema = z.object({
  installed: installedSchema,
  releases: releaseStatusSchema,
  /** The open run, or the last one that ended, for its outcome card. */
  status: statusSchema.nullable(),
  /** The step in which a version failed last, so that it is tried again only by an explicit click. */
  failedVersions: z.array(versionSchema),
  history: z.array(historyItemSchema),
  /** How releases are looked for. An updater of before does not say it. */
  checks: checkSettingsSchema.omit({ v: true }).exactOptional(),
  /** The version of the update service itself, and why it is older than what is installed, if it is. One before 1.1 does not say it. */
  service: z.object({ version: versionSchema, problem: problemSchema.nullable() }).exactOptional(),
  /** The path over required stops that the newest change is a step of. An updater of before knows none. */
  chain: chainStatusSchema.nullable().default(null),
  /** Whether updates begin by themselves, and what comes next. An updater of before does not say it. */
  automatic: automaticViewSchema.exactOptional(),
});
export type Overview = z.infer<typeof overviewSchema>;

export const checkSettingsInputSchema = checkSettingsSchema.omit({ v: true }).strict();
export const planUpdateInputSchema = z.strictObject({ version: versionSchema });
export const planUndoInputSchema = z.strictObject({ run: ulidSchema });
/** Said by who has seen what a breaking update breaks; without it, none is begun. */
const maybeAccepted = { acceptBreaking: z.boolean().exactOptional() };
export const startInputSchema = z.strictObject({
  plan: ulidSchema,
  idempotencyKey: idempotencyKeySchema,
  ...maybeAccepted,
  /** The caller's password, asked afresh for an undo; the updater checks it itself. */
  password: z.string().max(1000).exactOptional(),
});
/** Plans and starts in one go: for scripts, which have no one to show the plan to. */
export const updateInputSchema = z.strictObject({
  version: versionSchema,
  idempotencyKey: idempotencyKeySchema,
  ...maybeAccepted,
});
/** Takes back a run: by the plan that the person saw, or, for scripts, by one that is made now. */
export const undoInputSchema = z.strictObject({
  run: ulidSchema,
  plan: ulidSchema.exactOptional(),
  idempotencyKey: idempotencyKeySchema,
  password: z.string().max(1000).exactOptional(),
});
/** Starts fresh with a version: by the plan that the person saw, or, for scripts, by one that is made now. `farmName`: typed, so that it is no accident. */
export const startFreshInputSchema = z.strictObject({
  version: versionSchema,
  plan: ulidSchema.exactOptional(),
  farmName: z.string().max(1000),
  idempotencyKey: idempotencyKeySchema,
  password: z.string().max(1000).exactOptional(),
});
/** As the web takes them: a page sends the key of its click as a field, a script may send it as a header. */
const maybeKey = { idempotencyKey: idempotencyKeySchema.exactOptional() };
export const webStartInputSchema = startInputSchema.omit({ password: true }).extend(maybeKey);
export const webUpdateInputSchema = updateInputSchema.extend(maybeKey);
export const webUndoInputSchema = undoInputSchema.extend(maybeKey);
export const webStartFreshInputSchema = startFreshInputSchema.extend(maybeKey);
export const planIdSchema = z.strictObject({ plan: ulidSchema });
export const runIdSchema = z.strictObject({ run: ulidSchema });
/** Operator only: who can reach the server's keys may let a person in again. */
export const operatorResetPasswordInputSchema = z.strictObject({
  email: z.string().trim().toLowerCase().min(3).max(254),
  password: z.string().min(10).max(200),
});
export const resetPasswordAnswerSchema = z.object({ email: z.string(), name: z.string() });
/** `joined` is true when a run was already under way and this is that one. */
export const startAnswerSchema = z.object({ run: ulidSchema, joined: z.boolean() });
export const logSchema = z.object({ run: ulidSchema, lines: z.array(logLineSchema) });
export const historySchema = z.array(historyItemSchema);

export const doctorItemSchema = z.object({
  check: z.string(),
  ok: z.boolean(),
  text: z.string(),
  problem: problemSchema.nullable(),
});
export type DoctorItem = z.infer<typeof doctorItemSchema>;
