import { z } from "zod";
import { timeOfDaySchema, timeZoneSchema } from "../backups/contract.ts";
import { instantSchema, problemSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Automatic update*: one that FilaOps begins by itself. *Window*: the hours of one night in which it may. *Announcement*: that a version is said to be
 * installed by itself, a day before at least. *Not tonight*: a person's word that the next window passes.
 */

/** Between two times of day, over midnight where the second is the earlier one. */
const SHORTEST_WINDOW_MINUTES = 30;

function wholeNumber(min: number, max: number): z.ZodInt {
  const wanted = `a whole number from ${min} to ${max}`;
  return z.int(wanted).min(min, wanted).max(max, wanted);
}

const wishSchema = z.object({
  enabled: z.boolean(),
  from: timeOfDaySchema,
  to: timeOfDaySchema,
  timeZone: timeZoneSchema,
  /** For how many full days a release has to be published. */
  minAgeDays: wholeNumber(3, 60),
  /** For how many minutes nobody may have saved anything. */
  quietMinutes: wholeNumber(5, 240),
});
const isLongEnough = ({ from, to }: { from: string; to: string }) => windowMinutes(from, to) >= SHORTEST_WINDOW_MINUTES;
const TOO_SHORT = { path: ["to"], message: "half an hour later at least" };

/** `automatic-updates.json`, v1. */
export const automaticSettingsSchema = wishSchema.extend({ v: z.literal(1) }).refine(isLongEnough, TOO_SHORT);
export type AutomaticSettings = z.infer<typeof automaticSettingsSchema>;

export const automaticSettingsInputSchema = wishSchema.strict().refine(isLongEnough, TOO_SHORT);
export type AutomaticWish = z.infer<typeof automaticSettingsInputSchema>;

/** The end is no part of it. */
const windowSchema = z.object({ start: instantSchema, end: instantSchema });
export type Window = z.infer<typeof windowSchema>;

/** `announced-update.json`, v1: what is announced, until it is begun or not true any more. */
export const announcementSchema = z.object({
  v: z.literal(1),
  version: versionSchema,
  announcedAt: instantSchema,
  /** Windows that begin before this pass, by a person's word; `null` when nobody said so. */
  notBefore: instantSchema.nullable(),
  /** In which window it was to be begun and could not be, and why: it is not tried again in that one. */
  tried: z.object({ night: instantSchema, problem: problemSchema }).nullable(),
});
export type Announcement = z.infer<typeof announcementSchema>;

/** What stands in the way of a version that is announced. */
const obstacleSchema = z.discriminatedUnion("code", [
  /** The feed did not answer of late: whether the version was withdrawn is not known. */
  z.object({ code: z.literal("feed") }),
  /** A run is under way, or the next step of a path is. */
  z.object({ code: z.literal("run") }),
  /** A run ended so that a person has to look first. */
  z.object({ code: z.literal("person") }),
  /** Gate and update service are not those of the installed version yet. */
  z.object({ code: z.literal("handover") }),
  /** There is no good backup, or something about the backups needs a look. */
  z.object({ code: z.literal("backup"), concern: z.enum(["none-there", "overdue", "shrunk"]) }),
  /** The database cannot be asked for the owner's wishes. */
  z.object({ code: z.literal("database") }),
  /** Somebody saved something a moment ago; `at` is `null` where that is not known. */
  z.object({ code: z.literal("saving"), at: instantSchema.nullable() }),
  /** What remains of the night is too short. */
  z.object({ code: z.literal("late") }),
  /** The feed is asked once more whether the version is still there. */
  z.object({ code: z.literal("asking") }),
  /** It was to be begun in this night and could not be. */
  z.object({ code: z.literal("tried"), problem: problemSchema }),
]);
export type Obstacle = z.infer<typeof obstacleSchema>;

/** Why nothing is planned. */
const idleSchema = z.discriminatedUnion("code", [
  z.object({ code: z.literal("newest") }),
  z.object({ code: z.literal("feed") }),
  z.object({ code: z.literal("run") }),
  /** The owner holds notices back until then: so long nothing is installed by itself either. */
  z.object({ code: z.literal("cap"), until: instantSchema }),
  z.object({ code: z.literal("too-young"), version: versionSchema, days: z.int().min(0), minAgeDays: z.int() }),
  /** It comes out of a bundle: whether it was withdrawn is not known. */
  z.object({ code: z.literal("brought"), version: versionSchema }),
  /** It was begun here once, by whomever and however it ended. */
  z.object({ code: z.literal("tried"), version: versionSchema }),
  /** It changes what people have to know of, or takes more than one step. */
  z.object({ code: z.literal("breaking"), version: versionSchema }),
]);
export type Idle = z.infer<typeof idleSchema>;

/** What is to happen by itself. */
export const automaticDecisionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("off") }),
  z.object({ kind: z.literal("nothing"), why: idleSchema }),
  /** To be announced now. */
  z.object({ kind: z.literal("announce"), version: versionSchema }),
  /** `obstacle`: what would stand in the way if it were night already and is likely to last. */
  z.object({
    kind: z.literal("announced"),
    version: versionSchema,
    window: windowSchema,
    obstacle: obstacleSchema.nullable(),
  }),
  /** The window is open. */
  z.object({ kind: z.literal("waiting"), version: versionSchema, window: windowSchema, obstacle: obstacleSchema }),
  z.object({ kind: z.literal("start"), version: versionSchema, window: windowSchema }),
]);
export type AutomaticDecision = z.infer<typeof automaticDecisionSchema>;

/** How automatic updates are set and what comes next, as pages, REST and the command line show it. */
export const automaticViewSchema = z.object({
  settings: wishSchema,
  decision: automaticDecisionSchema,
  /** Until when windows pass by somebody's word. */
  notBefore: instantSchema.nullable(),
});
export type AutomaticView = z.infer<typeof automaticViewSchema>;

/** `night`: the start of the window that the person saw, so that a second click does not put off another one; without it, the next one. */
export const notTonightInputSchema = z.strictObject({ night: instantSchema.exactOptional() });

function windowMinutes(from: string, to: string): number {
  const minutes = (time: string) => {
    const [hour = 0, minute = 0] = time.split(":").map(Number);
    return hour * 60 + minute;
  };
  return (minutes(to) - minutes(from) + 24 * 60) % (24 * 60);
}

/** "in the night to Saturday, 28 November, between 02:00 and 05:00", by the clock on the farm's wall. */
export function windowWords({ start, end }: Window, timeZone: string): string {
  const [from, to] = [wall(start, timeZone), wall(end, timeZone)];
  const isNight = from.day !== to.day || from.time < "06:00";
  const day = isNight ? `in the night to ${to.day}` : `on ${from.day}`;
  return `${day}, between ${from.time} and ${to.time}`;
}

function wall(at: string, timeZone: string): { day: string; time: string } {
  const instant = new Date(at);
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", { timeZone, ...options });
  const [weekday, date] = [format({ weekday: "long" }), format({ day: "numeric", month: "long" })];
  const time = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return { day: `${weekday.format(instant)}, ${date.format(instant)}`, time: time.format(instant) };
}
