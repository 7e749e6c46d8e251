import type { z } from "zod";
import type { Login } from "../../server/databases/connect.ts";
import { createDatabases } from "../../server/databases/postgres.ts";
import { provision } from "../../server/databases/provision.ts";
import type { Instance } from "../../server/deployment/contract.ts";
import type { Driver } from "../../server/deployment/driver.ts";
import type { GateState } from "../../server/gate/contract.ts";
import { AppError } from "../../server/platform/errors.ts";
import { hasRelease, installArchive } from "../../server/deployment/artifacts.ts";
import { ownCluster } from "../../server/deployment/launcher.ts";
import { createNativeDriver } from "../../server/deployment/native.ts";
import { pointProgram } from "../../server/deployment/program.ts";
import type { Clock } from "../../server/platform/clock.ts";
import type { Config } from "../../server/platform/config.ts";
import { configSchema, readSecret } from "../../server/platform/config.ts";
import { exists, makeFolder, readJson, writeAtomically } from "../../server/platform/files.ts";
import type { HomePaths } from "../../server/platform/home.ts";
import { homePaths } from "../../server/platform/home.ts";
import type { Log } from "../../server/platform/log.ts";
import { stateSchema } from "../../server/updates/state-contract.ts";
import { readSignedRelease } from "./first-release.ts";
import { layOut, makeSecret } from "./lay-out.ts";
import { APPLICATION_NAME, makeTables } from "./make-tables.ts";

export type Installing = {
  home: string;
  /** What config.json will say. */
  config: z.input<typeof configSchema>;
  /** The folder of a packaged release, or the archive in it. */
  release: string;
  /** The public key that signs releases, as minisign writes it: this home believes no other. */
  releaseKey: string;
  /** A PostgreSQL of the home's own, or a server that is there, entered once as its superuser. */
  database: { kind: "own" } | { kind: "server"; superuser: Login };
  clock: Clock;
  log: Log;
  /** Says what is being done, for a person. */
  onStep?: (text: string) => void;
  /** Gives up waiting for the app. */
  signal?: AbortSignal;
};

/** `made` is false when the home was finished already. */
export type Installed = { made: boolean; version: string; url: string };

const BOOT_MS = 120_000;
const POLL_MS = 100;

type Site = { paths: HomePaths; config: Config; clock: Clock; log: Log; say: (text: string) => void };

/**
 * Makes a `FILAOPS_HOME` out of a signed release: folders, secrets, roles and database, release, schema, and proof that the app starts. May be called
 * again after a failure, and goes on; on a finished home it changes nothing. Leaves the app, and PostgreSQL if it is the home's own, running.
 */
export async function installHome(installing: Installing): Promise<Installed> {
  const { clock, log, signal, onStep: say = () => undefined } = installing;
  const paths = homePaths(installing.home);
  const before = await finished(paths);
  if (before !== null) return before;
  const { manifest, archive } = await readSignedRelease(installing.release, installing.releaseKey);
  say("Making folders and secrets");
  const config = configSchema.parse(installing.config);
  await layOut(paths, { ...installing, config });
  const site: Site = { paths, config, clock, log, say };

  const superuser = installing.database.kind === "own" ? await startCluster(site) : installing.database.superuser;
  say("Making the database");
  const { database, owner, app, writer, loader } = config.postgres;
  const ownerPassword = await readSecret(paths.ownerPassword);
  const roles = { owner, app, writer, loader };
  await provision(superuser, { database, roles, ownerPassword, appPassword: await readSecret(paths.appPassword) });

  say("Unpacking the release");
  const { version, migrations } = manifest;
  if (!(await hasRelease(paths, version))) {
    await installArchive(paths, { path: archive, version, sha256: manifest.archive.sha256 });
  }
  const { host, port } = config.postgres;
  const owned = { host, port, roles, ownerPassword, live: database, applicationName: APPLICATION_NAME, clock };
  const databases = createDatabases(owned);
  try {
    const driver = createNativeDriver({ paths, config, clock, log });
    await makeTables({ ...site, driver, databases }, { version, schemaHead: migrations.head });
    await pointProgram(paths, version);
    say("Starting the app");
    await setGate(site, await startApp(driver, { version, database, clock, signal }));
  } finally {
    await databases.close();
  }
  return { made: true, version, url: config.publicUrl };
}

/** What is installed in a home that was finished, that is, whose gate was told where the app is: the last thing that an installation does. */
async function finished(paths: HomePaths): Promise<Installed | null> {
  const state = await readJson(paths.state, stateSchema);
  if (state === null || !(await exists(paths.gateState))) return null;
  const config = await readJson(paths.config, configSchema);
  return config === null ? null : { made: false, version: state.installed.version, url: config.publicUrl };
}

async function startCluster(site: Site): Promise<Login> {
  const { paths, say } = site;
  // The folder says that this home has a PostgreSQL of its own.
  await makeFolder(paths.cluster, 0o700);
  const cluster = await ownCluster(site);
  if (cluster === null) throw new Error("the cluster's folder was made just now");
  say("Starting PostgreSQL");
  await makeFolder(paths.databaseKeys, 0o700);
  await makeSecret(paths.superuserPassword);
  const password = await readSecret(paths.superuserPassword);
  await cluster.init(password);
  await cluster.start();
  return { host: cluster.host, port: cluster.port, user: cluster.superuser, password };
}

async function startApp(
  driver: Driver,
  { version, database, clock, signal }: { version: string; database: string; clock: Clock; signal: AbortSignal | undefined },
): Promise<Instance> {
  const instance = await driver.start("blue", version, database);
  const deadline = clock.monotonic() + BOOT_MS;
  for (;;) {
    const health = await driver.health("blue");
    if (health.kind === "ready") return instance;
    const reason = health.kind === "stopped" ? "it ended right after it was started" : health.reason;
    if (health.kind === "stopped" || clock.monotonic() > deadline) throw new AppError("release-not-healthy", { version, reason });
    await clock.sleep(POLL_MS, signal);
  }
}

async function setGate({ paths, clock }: Site, { slot, version, host, port }: Instance): Promise<void> {
  const target = { slot, version, host, port };
  const state: GateState = { v: 1, mode: "proxy", target, run: null, since: clock.now().toISOString() };
  await writeAtomically(paths.gateState, `${JSON.stringify(state)}\n`);
}
