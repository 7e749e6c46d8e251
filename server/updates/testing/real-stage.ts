import { once } from "node:events";
import { chmod, mkdtemp } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Client } from "pg";
import { installHome } from "../../../scripts/install/install-home.ts";
import { stopSchedule } from "../../backups/settings.ts";
import type { Login } from "../../databases/connect.ts";
import { withConnection } from "../../databases/connect.ts";
import { roomyFolder } from "../../databases/testing/roomy-folder.ts";
import { endInstances, ownCluster } from "../../deployment/launcher.ts";
import { homeMark } from "../../deployment/marks.ts";
import { systemClock } from "../../platform/clock.ts";
import { readConfig, readSecret } from "../../platform/config.ts";
import { baseEnv } from "../../platform/env.ts";
import { remove } from "../../platform/files.ts";
import { freePort } from "../../platform/free-port.ts";
import type { HomePaths } from "../../platform/home.ts";
import { homePaths } from "../../platform/home.ts";
import { silentLog } from "../../platform/log.ts";
import type { PostgresServer } from "../../platform/postgres-server.ts";
import { findPostgresBinaries } from "../../platform/postgres-server.ts";
import { spawnAttached } from "../../platform/process.ts";
import { startFeed } from "../../releases/testing/feed.ts";
import type { UpdaterApi } from "../../updater/client.ts";
import { createUpdaterClient } from "../../updater/client.ts";
import type { Caller } from "../../updater/contract.ts";
import { composeWorld } from "../compose.ts";
import type { World } from "../world.ts";
import type { RowWriter } from "./row-writer.ts";
import { startRowWriter } from "./row-writer.ts";
import { FIRST, makeTinyReleases } from "./tiny-releases.ts";

/**
 * A whole installation in a folder of its own: PostgreSQL, launcher, gate, updater, runner, driver, feed and backups are the real ones and run as
 * at a site; only the app is a tiny one. Somebody saves rows through the gate all the time.
 */
export type RealStage = {
  paths: HomePaths;
  url: string;
  /** What the marks of its processes begin with. */
  mark: string;
  /** To look with, as the owner; nothing of it lies in a run's way. */
  world: World;
  cluster: PostgresServer;
  writer: RowWriter;
  /** The updater, asked as the operator or as a user by way of the web. */
  as: (caller: Caller) => UpdaterApi;
  /** One session as the owner. */
  asOwner: <T>(database: string, work: (client: Client) => Promise<T>) => Promise<T>;
  /** Requests to the feed that it answers true to are kept waiting for ever. */
  feed: { stalls: (request: IncomingMessage) => boolean };
  close: () => Promise<void>;
};

export const OPERATOR: Caller = { kind: "operator" };

/**
 * Installs 1.0.0 with a feed of tiny releases beside it (of paths over stops, or all others), in a folder of its own (`within` that one), starts it, and waits
 * until people can work.
 */
export async function openRealStage({
  kind = "usual",
  within,
}: { kind?: "paths" | "usual"; within?: string } = {}): Promise<RealStage> {
  const folder = await mkdtemp(join(within ?? (await roomyFolder()), "filaops-real-"));
  await chmod(folder, 0o755); // the cluster's user must get through
  const closing: (() => Promise<unknown>)[] = [() => remove(folder)];
  const close = async () => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    return { ...(await build(folder, kind, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  folder: string,
  kind: "paths" | "usual",
  closing: (() => Promise<unknown>)[],
): Promise<Omit<RealStage, "close">> {
  const { releases, publicKey } = await makeTinyReleases(folder, kind);
  const feed: RealStage["feed"] = { stalls: () => false };
  const intercept = (request: IncomingMessage, _response: ServerResponse) => feed.stalls(request);
  const served = await startFeed({ folder: releases, intercept });
  closing.push(served.close);

  const paths = homePaths(join(folder, "home"));
  closing.push(() => endWhatIsLeft(paths));
  const url = await install(paths, { releases, publicKey, api: served.url });
  await stopSchedule({ paths, clock: systemClock });
  closing.push(await launch(paths));

  const config = await readConfig(paths);
  const world = await composeWorld({ config, paths, clock: systemClock, log: silentLog, applicationName: "filaops-test" });
  closing.push(world.close);
  const cluster = await ownCluster(world);
  if (cluster === null) throw new Error("the home has no cluster of its own");
  const clients = [await clientFor(paths, paths.webToken), await clientFor(paths, paths.operatorToken)] as const;
  for (const client of clients) closing.push(client.close);
  const writer = startRowWriter(url);
  closing.push(writer.stop);
  const { host, port, owner } = config.postgres;
  const login: Login = { host, port, user: owner, password: await readSecret(paths.ownerPassword) };
  const as = (caller: Caller) => clients[caller.kind === "user" ? 0 : 1].as(caller);
  await as(OPERATOR).check.mutate();
  return {
    paths,
    url,
    mark: await homeMark(paths),
    world,
    cluster,
    writer,
    feed,
    as,
    asOwner: (database, work) => withConnection(login, { database, applicationName: "filaops-test" }, work),
  };
}

async function install(
  paths: HomePaths,
  { releases, publicKey, api }: { releases: string; publicKey: string; api: string },
): Promise<string> {
  const { folder: binaries } = await findPostgresBinaries();
  const [gate, port, blue, green] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const { url } = await installHome({
    home: paths.home,
    config: {
      v: 1,
      publicUrl: `http://127.0.0.1:${gate}`,
      gate: { host: "127.0.0.1", port: gate },
      postgres: { host: "127.0.0.1", port, database: "filaops", binaries },
      releases: { api },
      driver: "native",
      slots: { blue, green },
      observeMs: 500,
    },
    release: join(releases, FIRST),
    releaseKey: publicKey,
    database: { kind: "own" },
    clock: systemClock,
    log: silentLog,
  });
  return url;
}

/** Starts the installed launcher, waits for its line, and gives back how it is ended. */
async function launch(paths: HomePaths): Promise<() => Promise<void>> {
  const words = [join(paths.program, "bin", "start.mjs"), "--home", paths.home, "--json"];
  const child = spawnAttached(process.execPath, words, { env: baseEnv(), stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  if (child.stdout === null) throw new Error("the launcher has no output");
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, "line").then(([text]) => String(text)), exited.then(() => "it ended")]);
  const close = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  if (line === JSON.stringify({ ready: true, url: (await readConfig(paths)).publicUrl })) return close;
  await close();
  throw new Error(`FilaOps did not start: ${line}`);
}

async function clientFor(paths: HomePaths, token: string) {
  // After a run the updater itself may be replaced, as people meet it; the web asks again, too.
  const patience = { ms: 15_000, clock: systemClock };
  return createUpdaterClient({ socketPath: paths.updaterSocket, token: await readSecret(token), patience });
}

/** For a stage that was not whole, or whose launcher was not there to end it. */
async function endWhatIsLeft(paths: HomePaths): Promise<void> {
  const config = await readConfig(paths).catch(() => null); // it was not even laid out
  if (config === null) return;
  await endInstances({ paths, clock: systemClock });
  await (await ownCluster({ paths, config, clock: systemClock }))?.stop("immediate");
}
