import type { Login } from "../../server/databases/connect.ts";
import { MAINTENANCE_DATABASE, withConnection } from "../../server/databases/connect.ts";
import { createDatabases } from "../../server/databases/postgres.ts";
import { provision } from "../../server/databases/provision.ts";
import { adoptImage, composeDriver } from "../../server/deployment/docker/compose-driver.ts";
import type { Clock } from "../../server/platform/clock.ts";
import type { Config } from "../../server/platform/config.ts";
import { readSecret } from "../../server/platform/config.ts";
import { exists } from "../../server/platform/files.ts";
import type { HomePaths } from "../../server/platform/home.ts";
import type { Log } from "../../server/platform/log.ts";
import { APPLICATION_NAME, makeTables } from "../install/make-tables.ts";
import { ownRelease } from "./settings.ts";

type Site = { paths: HomePaths; config: Config; clock: Clock; log: Log };

/** How long PostgreSQL may take to come up for the first time, in milliseconds: it makes its cluster then. */
const PATIENCE_MS = 300_000;
const POLL_MS = 500;

/**
 * Makes roles, database and tables of the release that this image is. May be ended anywhere, and goes on at the next start; once it is
 * written down what is installed, it does nothing ever again. App and gate are then brought to it by the updater, as after any start.
 */
export async function firstStart(site: Site): Promise<void> {
  const { paths, config, clock, log } = site;
  if (await exists(paths.state)) return;
  const superuser = await awaitPostgres(site);
  const { host, port, database, owner, app, writer, loader } = config.postgres;
  const roles = { owner, app, writer, loader };
  const ownerPassword = await readSecret(paths.ownerPassword);
  log.info({ database }, "the database is made");
  await provision(superuser, { database, roles, ownerPassword, appPassword: await readSecret(paths.appPassword) });
  const release = await ownRelease();
  await adoptImage(site, release.version);
  const login = { host, port, roles, ownerPassword, live: database, applicationName: APPLICATION_NAME, clock };
  const databases = createDatabases(login);
  const say = (text: string) => {
    log.info({ version: release.version }, text);
  };
  try {
    await makeTables({ ...site, driver: composeDriver(site), databases, say }, release);
  } finally {
    await databases.close();
  }
}

async function awaitPostgres({ paths, config, clock, log }: Site): Promise<Login> {
  const { host, port } = config.postgres;
  const superuser = { host, port, user: "postgres", password: await readSecret(paths.superuserPassword) };
  const deadline = clock.monotonic() + PATIENCE_MS;
  const where = { database: MAINTENANCE_DATABASE, applicationName: APPLICATION_NAME };
  for (;;) {
    try {
      await withConnection(superuser, where, (client) => client.query("SELECT 1"));
      return superuser;
    } catch (error) {
      if (clock.monotonic() > deadline) throw error;
      log.info({}, "PostgreSQL does not answer yet");
      await clock.sleep(POLL_MS);
    }
  }
}
