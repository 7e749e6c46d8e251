import type { Databases } from "../../server/databases/databases.ts";
import type { Driver } from "../../server/deployment/driver.ts";
import type { Clock } from "../../server/platform/clock.ts";
import type { Config } from "../../server/platform/config.ts";
import { AppError } from "../../server/platform/errors.ts";
import { readJson, writeAtomically } from "../../server/platform/files.ts";
import type { HomePaths } from "../../server/platform/home.ts";
import { newUlid } from "../../server/platform/ids.ts";
import type { State } from "../../server/updates/state-contract.ts";
import { stateSchema } from "../../server/updates/state-contract.ts";

/** A home that is being installed: its folders, secrets and database are there. */
export type Site = {
  paths: HomePaths;
  config: Config;
  clock: Clock;
  driver: Driver;
  databases: Databases;
  /** Says what is being done, for a person. */
  say: (text: string) => void;
};

export const APPLICATION_NAME = "filaops-install";

/** Makes the release's tables in the empty database, and writes down what is installed: the base that all runs stand on. */
export async function makeTables(site: Site, { version, schemaHead }: { version: string; schemaHead: string }): Promise<void> {
  const { config, driver, databases, say } = site;
  const { database } = config.postgres;
  say("Making the tables");
  await driver.runOnce(version, "migrate", { database, applicationName: APPLICATION_NAME });
  await databases.applyGrants(database);
  const head = await databases.schemaHead(database);
  if (head !== schemaHead) throw new AppError("schema-head-differs", { expected: schemaHead, found: head });
  await writeState(site, { version, head });
}

/** Written anew when the installation was interrupted behind it, perhaps with another release. */
async function writeState(
  { paths, config, clock, databases }: Site,
  { version, head }: { version: string; head: string },
): Promise<void> {
  const before = await readJson(paths.state, stateSchema);
  const live = await databases.find(config.postgres.database);
  if (live === null) throw new Error("the database was made just now");
  const state: State = {
    v: 1,
    instanceId: before?.instanceId ?? newUlid(clock),
    sessionEpoch: 0,
    installedAt: clock.now().toISOString(),
    installed: { version, schemaHead: head, slot: "blue", oid: live.oid },
    highestCommitted: version,
  };
  await writeAtomically(paths.state, `${JSON.stringify(state, null, 2)}\n`);
}
