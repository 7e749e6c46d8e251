import type { Clock } from "../../server/platform/clock.ts";
import { systemClock } from "../../server/platform/clock.ts";
import type { Config } from "../../server/platform/config.ts";
import { readConfig, readSecret } from "../../server/platform/config.ts";
import type { HomePaths } from "../../server/platform/home.ts";
import { homePaths } from "../../server/platform/home.ts";
import type { ArchiveClient } from "../../server/updater/archive-client.ts";
import type { UpdaterApi } from "../../server/updater/client.ts";
import { createUpdaterClient } from "../../server/updater/client.ts";

/** The installation that a command is about. */
export type Site = {
  paths: HomePaths;
  config: Config;
  clock: Clock;
  /** The update service, asked as the operator: whoever can read its token on this server. */
  updater: UpdaterApi;
  /** The same for whole files. */
  archives: ArchiveClient;
  /** Tells a person how it goes on; says nothing to a script. */
  say: (line: string) => void;
  /** Asks a person yes or no; `null` when there is nobody to ask. */
  confirm: ((question: string) => Promise<boolean>) | null;
  /** Asks a person to type something; `null` when there is nobody to ask. */
  ask: ((question: string) => Promise<string>) | null;
};

const OPERATOR = { kind: "operator" } as const;

/** As long as the update service takes to be replaced after an update, in milliseconds. Who asks because it is down shall not wait for nothing. */
const REPLACED_MS = 2000;

/** Opens the installation, lets `use` work on it, and closes it. */
export async function withSite<T>(
  home: string,
  people: Pick<Site, "say" | "confirm" | "ask">,
  use: (site: Site) => Promise<T>,
): Promise<T> {
  const paths = homePaths(home);
  const config = await readConfig(paths);
  const token = await readSecret(paths.operatorToken);
  const patience = { ms: REPLACED_MS, clock: systemClock };
  const client = createUpdaterClient({ socketPath: paths.updaterSocket, token, patience });
  try {
    return await use({
      ...people,
      paths,
      config,
      clock: systemClock,
      updater: client.as(OPERATOR),
      archives: client.archives(OPERATOR),
    });
  } finally {
    await client.close();
  }
}
