import type { z } from "zod";
import { isAppError } from "../platform/errors.ts";
import { readJson, remove, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import type { Announcement, AutomaticSettings, AutomaticWish } from "./automatic-contract.ts";
import { announcementSchema, automaticSettingsSchema } from "./automatic-contract.ts";

type Paths = Pick<HomePaths, "automaticSettings" | "announcement">;

/** As somebody set it; until then, and when that cannot be read (which is logged), off. `timeZone`: the farm's, as far as it is known. */
export async function readAutomaticSettings(paths: Paths, timeZone: string, log: Log): Promise<AutomaticSettings> {
  const first: AutomaticSettings = {
    ...{ v: 1, enabled: false, from: "02:00", to: "05:00", timeZone },
    ...{ minAgeDays: 7, quietMinutes: 15 },
  };
  return (await readOr(paths.automaticSettings, automaticSettingsSchema, log)) ?? first;
}

/** Durable when it returns. */
export async function writeAutomaticSettings(paths: Paths, wanted: AutomaticWish): Promise<void> {
  const settings = automaticSettingsSchema.parse({ v: 1, ...wanted });
  await writeAtomically(paths.automaticSettings, `${JSON.stringify(settings, null, 2)}\n`);
}

/** What is announced; `null` when nothing is, or when it cannot be read, which is logged: then it is announced anew, with its full day. */
export function readAnnouncement(paths: Paths, log: Log): Promise<Announcement | null> {
  return readOr(paths.announcement, announcementSchema, log);
}

/** Durable when it returns; `null` takes it back. */
export async function writeAnnouncement(paths: Paths, announcement: Announcement | null): Promise<void> {
  if (announcement === null) await remove(paths.announcement);
  else await writeAtomically(paths.announcement, `${JSON.stringify(announcementSchema.parse(announcement), null, 2)}\n`);
}

async function readOr<S extends z.ZodType>(path: string, schema: S, log: Log): Promise<z.infer<S> | null> {
  try {
    return await readJson(path, schema);
  } catch (error) {
    if (!isAppError(error, "file-unreadable")) throw error;
    log.warn({ problem: error.problem }, "what was written down about automatic updates cannot be read");
    return null;
  }
}
