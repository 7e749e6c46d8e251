import type { Databases } from "../databases/databases.ts";
import { provisionLoader } from "../databases/loader-role.ts";
import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { readSecret } from "../platform/config.ts";
import { exists } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";

type Site = {
  paths: Pick<HomePaths, "superuserPassword">;
  config: Pick<Config, "postgres">;
  databases: Pick<Databases, "loaderRemedy">;
  clock: Clock;
  log: Log;
};

const PATIENCE_MS = 60_000;

/**
 * Makes the role that backups are restored as, in an installation from before there was one. Only a superuser can; so it is done where PostgreSQL
 * is FilaOps' own, and its superuser's password lies in the home. Elsewhere preflight says what to run. Tries until it has worked; throws nothing.
 */
export async function mendLoader({ paths, config, databases, clock, log }: Site, ending: AbortSignal): Promise<void> {
  if (!(await exists(paths.superuserPassword))) return;
  const { host, port, owner, app, writer, loader } = config.postgres;
  while (!ending.aborted) {
    try {
      if ((await databases.loaderRemedy()) === null) return;
      const superuser = { host, port, user: "postgres", password: await readSecret(paths.superuserPassword) };
      await provisionLoader(superuser, { owner, app, writer, loader });
      log.info({ loader }, "the role that backups are restored as was made");
      return;
    } catch (error) {
      log.warn({ err: error }, "the role that backups are restored as could not be made yet");
      await clock.sleep(PATIENCE_MS, ending).catch(() => undefined);
    }
  }
}
