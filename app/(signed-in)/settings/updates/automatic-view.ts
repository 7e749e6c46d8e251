import type { AutomaticView, AutomaticWish, Idle, Obstacle } from "../../../../server/updates/automatic-contract.ts";
import { plannedSentence } from "../../../_update/automatic-words.ts";
import { moment, plural } from "../../../_update/words.ts";

/** How it is set, in a sentence. */
export function settingsSentence({ enabled, from, to, timeZone, minAgeDays, quietMinutes }: AutomaticWish): string {
  if (!enabled) return "FilaOps installs nothing by itself: an update begins when somebody presses “Update now”.";
  const zone = timeZone.replaceAll("_", " ");
  return (
    `FilaOps updates itself between ${from} and ${to} (${zone}), when a version is ${plural(minAgeDays, "day")} old and nobody has saved anything ` +
    `for ${plural(quietMinutes, "minute")}. You are told a day before.`
  );
}

/** What comes next, or why nothing does, a sentence each. `looks`: whether FilaOps looks for new versions by itself. */
export function nextSentences(view: AutomaticView, looks: boolean): string[] {
  const { decision } = view;
  switch (decision.kind) {
    case "off":
      return [];
    case "nothing":
      return [idleSentence(decision.why, looks)];
    case "announce":
      return [`Version ${decision.version} is about to be announced.`];
    case "announced":
    case "waiting": {
      const why = decision.obstacle === null ? [] : [obstacleSentence(decision.obstacle, view.settings, looks)];
      return [plannedSentence(view) ?? "", ...why];
    }
    case "start":
      return [plannedSentence(view) ?? "", "It begins in a moment."];
  }
}

function idleSentence(why: Idle, looks: boolean): string {
  switch (why.code) {
    case "newest":
      return "Nothing is planned: there is no newer version.";
    case "feed":
      return looks
        ? "Nothing is planned: it is not known at the moment which versions there are."
        : "Nothing is planned, since FilaOps does not look for new versions by itself. Switch that on above.";
    case "run":
      return "Something is under way; what comes next is seen when it is over.";
    case "cap":
      return `Nothing is planned: notices are held back until ${moment(why.until)}, and until then nothing is installed by itself either.`;
    case "too-young":
      return `Nothing is planned: ${why.version} is ${plural(why.days, "day")} old, and you wait for ${why.minAgeDays}.`;
    case "brought":
      return `Nothing is planned: ${why.version} was brought here by hand, and begins when somebody presses “Update now”.`;
    case "tried":
      return `Nothing is planned: ${why.version} was begun here before, and is not begun again by itself.`;
    case "breaking":
      return `Nothing is planned: ${why.version} changes what people have to know of, or takes more than one step. Update to it yourself.`;
  }
}

const WAITS: Record<Exclude<Obstacle["code"], "feed" | "backup" | "saving" | "tried">, string> = {
  run: "It waits until what is under way is over.",
  person: "It waits: the last run needs a person first.",
  handover: "It waits until the update service is the one of the installed version.",
  database: "It waits: the database does not answer.",
  late: "What remains of this night is too short; it is tried again in the next one.",
  asking: "It is being asked once more whether the version is still there.",
};

function obstacleSentence(why: Obstacle, { quietMinutes }: AutomaticWish, looks: boolean): string {
  if (why.code === "feed") {
    return looks
      ? "It waits until it is known that the version was not withdrawn: new versions could not be looked for."
      : "It waits, since FilaOps does not look for new versions by itself. Switch that on above.";
  }
  if (why.code === "saving") {
    return why.at === null
      ? "It waits: it is not known when somebody last saved something."
      : `It waits until nobody has saved anything for ${plural(quietMinutes, "minute")}.`;
  }
  if (why.code === "backup") return backupSentence(why.concern);
  if (why.code === "tried") return `It did not begin in this night, and is tried again in the next one. ${why.problem.happened}`;
  return WAITS[why.code];
}

function backupSentence(concern: Extract<Obstacle, { code: "backup" }>["concern"]): string {
  const why = {
    "none-there": "there is no good backup",
    overdue: "backups are overdue",
    shrunk: "the newest backup is suddenly much smaller than the one before",
  }[concern];
  return `It waits: ${why}. See Settings → Backups.`;
}

/** What the form keeps: numbers as they are typed. */
export type AutomaticValues = Omit<AutomaticWish, "minAgeDays" | "quietMinutes"> & { minAgeDays: string; quietMinutes: string };

export function valuesOf({ enabled, from, to, timeZone, minAgeDays, quietMinutes }: AutomaticWish): AutomaticValues {
  return { enabled, from, to, timeZone, minAgeDays: String(minAgeDays), quietMinutes: String(quietMinutes) };
}

/** What the contract wants; an empty field is one that is missing. */
export function readValues({ minAgeDays, quietMinutes, ...rest }: AutomaticValues): unknown {
  const whole = (typed: string) => (typed.trim() === "" ? undefined : Number(typed));
  return { ...rest, minAgeDays: whole(minAgeDays), quietMinutes: whole(quietMinutes) };
}
