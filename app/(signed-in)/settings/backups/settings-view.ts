import type { BackupSettings } from "../../../../server/backups/contract.ts";
import { plural } from "../../../_update/words.ts";

type Schedule = BackupSettings["schedule"];
type Retention = BackupSettings["retention"];

/** When backups are made, in a sentence. */
export function scheduleSentence({ enabled, at, timeZone, weeklyDrill }: Schedule): string {
  if (!enabled) return "No backup is made by itself, except before an update, a restore and a fresh start.";
  const trial = weeklyDrill ? " Every week the newest one is restored on trial, to prove that it can be." : "";
  return `A backup is made every day at ${at} (${timeZone}).${trial}`;
}

/** Which backups stay, in a sentence. */
export function rulesSentence({ last, daily, weekly, monthly, minimum }: Retention): string {
  const periods = [
    [daily, "day"],
    [weekly, "week"],
    [monthly, "month"],
  ] as const;
  const parts = periods
    .filter(([count]) => count > 0)
    .map(([count, one]) => (count === 1 ? `one of the last ${one}` : `one of each of the last ${plural(count, one)}`));
  const newest = last === 1 ? "The newest stays" : `The newest ${last} stay`;
  const list = parts.length === 0 ? "" : `, and ${joined(parts)}`;
  return `${newest}${list}. At least ${plural(minimum, "backup")} ${minimum === 1 ? "is" : "are"} left in any case.`;
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

/** What the form keeps: numbers as they are typed. */
export type SettingsValues = Schedule & Record<keyof Retention, string>;

export function valuesOf({ schedule, retention }: Pick<BackupSettings, "schedule" | "retention">): SettingsValues {
  const { last, daily, weekly, monthly, minimum } = retention;
  return {
    ...schedule,
    last: String(last),
    daily: String(daily),
    weekly: String(weekly),
    monthly: String(monthly),
    minimum: String(minimum),
  };
}

/** What the contract wants, from what was typed; an empty field is one that is missing. */
export function readValues({ enabled, at, timeZone, weeklyDrill, ...counts }: SettingsValues): unknown {
  const retention = Object.fromEntries(
    Object.entries(counts).map(([name, typed]) => [name, typed.trim() === "" ? undefined : Number(typed)]),
  );
  return { schedule: { enabled, at, timeZone, weeklyDrill }, retention };
}

/** The time zones that match what was typed, as a person types it: "berlin", "new york". */
export function matchingZones(zones: readonly string[], typed: string, most = 50): string[] {
  const wanted = typed.trim().toLowerCase().replace(/\s+/g, "_");
  return zones.filter((zone) => zone.toLowerCase().includes(wanted)).slice(0, most);
}
