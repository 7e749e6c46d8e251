import { isExpired } from "../exports/rules/life.ts";
import { findExports } from "../exports/store.ts";
import { readRecords } from "../updates/records.ts";
import { dataSince } from "../updates/rules/installation.ts";
import type { World } from "../updates/world.ts";

/**
 * Of which moment the newest export is that can be downloaded and is of what is live now, not of data that a fresh start or a restore replaced; `null` when there is
 * none, or when the folder cannot be looked into, which stands in nobody's way.
 */
export async function lastExport({ paths, clock, log }: Pick<World, "paths" | "clock" | "log">): Promise<string | null> {
  const since = dataSince(await readRecords(paths));
  const found = await findExports(paths.exports).catch((error: unknown) => {
    log.warn({ err: error }, "the exports cannot be looked at");
    return [];
  });
  const good = found.flatMap(({ file }) => (file?.state === "complete" && !isExpired(file, clock.now()) ? [file] : []));
  return good.find(({ startedAt }) => since === null || startedAt >= since)?.startedAt ?? null;
}
