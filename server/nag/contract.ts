import { z } from "zod";
import { instantSchema, problemSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Notice*: what those who may update are told about releases that they missed; one for all of them together. *Level*: how urgently. *Days
 * behind*: full periods of 24 hours since the oldest missed release was published. *Dismissal*: how a person put the notice of a version
 * away. *Cap*: the owner's wish that no notice goes beyond a level until a day.
 */

export const noticeLevelSchema = z.enum(["none", "subtle", "warning", "urgent", "critical"]);
export type NoticeLevel = z.infer<typeof noticeLevelSchema>;

/**
 * `later`: reminds in 24 hours, at every level. `closed`: for the time of the level at which it was closed. `skipped`: for good, this one version.
 */
export const dismissalKindSchema = z.enum(["later", "closed", "skipped"]);

/** By one person, of the notice whose newest version this was. `until` is null when it was skipped. */
export const dismissalSchema = z.object({
  kind: dismissalKindSchema,
  version: versionSchema,
  at: instantSchema,
  until: instantSchema.nullable(),
});
export type Dismissal = z.infer<typeof dismissalSchema>;

export const capSchema = z.object({
  /** The highest level that is shown. */
  level: noticeLevelSchema.exclude(["critical"]),
  reason: z.string(),
  until: instantSchema,
  /** Who wished it. */
  by: z.string(),
  setAt: instantSchema,
});
export type Cap = z.infer<typeof capSchema>;

export const noticeSchema = z.object({
  level: noticeLevelSchema,
  /** What the level comes from: `capped` when it would be higher without the cap. */
  reason: z.enum(["nothing-missed", "age", "security", "capped"]),
  daysBehind: z.int().min(0),
  /** How many releases were missed. */
  versionsBehind: z.int().min(0),
  /** The newest of them: a dismissal is of this one. */
  newest: versionSchema.nullable(),
  /** Whether one of them closes a security hole. */
  security: z.boolean(),
  /** Set while this person has put it away: until when; `null` for good. */
  hidden: z.object({ by: dismissalKindSchema, until: instantSchema.nullable() }).nullable(),
  /** For how many hours closing it puts it away; `null` when it has no cross. */
  closeHours: z.int().nullable(),
  maySkip: z.boolean(),
});
export type Notice = z.infer<typeof noticeSchema>;

/** All that the banner, the dialog after signing in and the page of updates say of it. */
export const nagStateSchema = z.object({
  notice: noticeSchema,
  /** What *Update now* installs; `null` when none of them can be installed from here. */
  offered: versionSchema.nullable(),
  /** Whether that one was tried here and did not work out. */
  failedBefore: z.boolean(),
  /** Why none can be installed, and what to do instead. */
  impossible: problemSchema.nullable(),
  /** What the missed security releases put right. */
  closes: z.array(z.string()),
  /** The known issues of what is installed or, when none are listed, what the missed releases put right. */
  issues: z.object({ kind: z.enum(["known", "fixed-since"]), list: z.array(z.string()) }),
  /** The cap that is in force, also while a security release is louder than it. */
  cap: capSchema.nullable(),
  /** When the feed last answered. */
  checkedAt: instantSchema.nullable(),
});
export type NagState = z.infer<typeof nagStateSchema>;

/** `version` is the one that the person saw; a notice of another one is not put away. */
export const dismissInputSchema = z.strictObject({ version: versionSchema, kind: dismissalKindSchema.exclude(["skipped"]) });
export const skipInputSchema = z.strictObject({ version: versionSchema });

/** What an owner wishes. */
export const capWishSchema = z.strictObject({
  level: capSchema.shape.level,
  reason: z.string().trim().min(1, "Please say why, for whoever else looks after updates.").max(200),
  until: z.iso.datetime("Please choose a day."),
});
/** `null` takes the cap away. */
export const setCapInputSchema = z.strictObject({ cap: capWishSchema.nullable() });
export const setCapAnswerSchema = z.object({ cap: capSchema.nullable() });
