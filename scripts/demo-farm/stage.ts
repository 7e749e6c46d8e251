import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { urlOf } from "../../server/databases/login-url.ts";
import { freePort } from "../../server/platform/free-port.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { readConfig, readSecret } from "../../server/platform/config.ts";
import { baseEnv } from "../../server/platform/env.ts";
import { AppError } from "../../server/platform/errors.ts";
import { makeFolder, parseJson, readJson, writeAtomically } from "../../server/platform/files.ts";
import type { HomePaths } from "../../server/platform/home.ts";
import { homePaths } from "../../server/platform/home.ts";
import { silentLog } from "../../server/platform/log.ts";
import { findPostgresBinaries } from "../../server/platform/postgres-server.ts";
import { run, spawnAttached } from "../../server/platform/process.ts";
import type { Feed } from "../../server/releases/testing/feed.ts";
import { startFeed } from "../../server/releases/testing/feed.ts";
import { installHome } from "../install/install-home.ts";
import type { DemoPlaces } from "./places.ts";
import { demoPlaces } from "./places.ts";
import { FIRST, publishReleases } from "./publish.ts";
import type { SignIn } from "./seed-once.ts";
import { seedOnce } from "./seed-once.ts";

export type Stage = {
  places: DemoPlaces;
  paths: HomePaths;
  url: string;
  feed: Feed;
  signIn: SignIn;
  /** The owner's way into the live database, to look from outside. */
  ownerUrl: () => Promise<string>;
  /** Runs the command line on it. Throws `program-failed` when that says that something did not work out. */
  filaops: (args: readonly string[]) => Promise<void>;
  /** Ends every process that was started, and waits until they are gone. */
  close: () => Promise<void>;
};

export type StageOptions = {
  folder: string;
  /** The public port; a free one when absent. */
  port?: number;
  /** Whether a print farm is put into it; without it, the first visitor sets up the owner. */
  seeded: boolean;
  published: readonly string[];
  /** The releases lie in the folder already; without it they are made. */
  released?: boolean;
  say: (text: string) => void;
  /** The folder is removed afterwards: what lies elsewhere (in a Docker engine) goes when the stage is closed. */
  temporary?: boolean;
  /** The releases that are made images of; all when absent. */
  versions?: readonly string[];
};

/** How long a command may take, in milliseconds: an update is one. */
const COMMAND_MS = 300_000;

const portsSchema = z.object({ gate: z.int(), blue: z.int(), green: z.int(), postgres: z.int(), feed: z.int() });
const readySchema = z.discriminatedUnion("ready", [
  z.object({ ready: z.literal(true), url: z.string() }),
  z.object({ ready: z.literal(false), problem: z.object({ happened: z.string(), todo: z.string() }) }),
]);

/** A whole installation of 1.0.0 with a release feed beside it: made when it is not there yet, then started. */
export async function openStage({ folder, port, seeded, published, released, say }: StageOptions): Promise<Stage> {
  const places = demoPlaces(folder);
  await makeFolder(folder);
  if (released !== true) await publishReleases(places, { now: systemClock.now(), say });
  const ports = await choosePorts(places, port);
  const feed = await startFeed({ folder: places.releases, port: ports.feed, published });
  try {
    await install(places, ports, { say, api: feed.url });
    const paths = homePaths(places.home);
    const launcher = await launch(paths);
    const signIn = seeded ? await seedOnce(places, { ownerUrl: await ownerUrl(paths), say }) : { email: "", password: "" };
    return {
      places,
      paths,
      url: `http://127.0.0.1:${ports.gate}`,
      feed,
      signIn,
      ownerUrl: () => ownerUrl(paths),
      filaops: async (args) => {
        const options = { env: { ...baseEnv(), FILAOPS_HOME: paths.home }, timeoutMs: COMMAND_MS };
        await run(process.execPath, [join(paths.program, "bin", "filaops.mjs"), ...args], options);
      },
      close: async () => {
        await launcher.close();
        await feed.close();
      },
    };
  } catch (error) {
    await feed.close();
    throw error;
  }
}

type Ports = z.infer<typeof portsSchema>;

async function choosePorts(places: DemoPlaces, gate: number | undefined): Promise<Ports> {
  const known = await readJson(places.ports, portsSchema);
  if (known !== null) return known;
  const ports = {
    gate: gate ?? (await freePort()),
    blue: await freePort(),
    green: await freePort(),
    postgres: await freePort(),
    feed: await freePort(),
  };
  await writeAtomically(places.ports, JSON.stringify(ports));
  return ports;
}

async function install(
  places: DemoPlaces,
  ports: Ports,
  { say, api }: { say: (text: string) => void; api: string },
): Promise<void> {
  const binaries = await findPostgresBinaries();
  await installHome({
    home: places.home,
    config: {
      v: 1,
      publicUrl: `http://127.0.0.1:${ports.gate}`,
      gate: { host: "127.0.0.1", port: ports.gate },
      postgres: { host: "127.0.0.1", port: ports.postgres, database: "filaops", binaries: binaries.folder },
      releases: { api },
      driver: "native",
      slots: { blue: ports.blue, green: ports.green },
    },
    release: join(places.releases, FIRST),
    releaseKey: await readFile(places.publicKey, "utf8"),
    database: { kind: "own" },
    clock: systemClock,
    log: silentLog,
    onStep: say,
  });
}

/** Starts the installed launcher and waits for its line. */
async function launch(paths: HomePaths): Promise<{ close: () => Promise<void> }> {
  const child = spawnAttached(process.execPath, [join(paths.program, "bin", "start.mjs"), "--home", paths.home, "--json"], {
    env: baseEnv(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const close = async () => {
    child.kill("SIGTERM");
    await closed;
  };
  if (child.stdout === null) throw new Error("the launcher has no output");
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, "line").then(([text]) => String(text)), closed.then(() => null)]);
  if (line === null) throw new AppError("service-unreachable", { service: "FilaOps", reason: "it ended while it was starting" });
  const ready = parseJson(line, readySchema, "the launcher");
  if (ready.ready) return { close };
  await close();
  throw new AppError("service-unreachable", { service: "FilaOps", reason: ready.problem.happened });
}

/** Puts a print farm into the database, once, and keeps the way to sign in. */
async function ownerUrl(paths: HomePaths): Promise<string> {
  const { owner, host, port, database } = (await readConfig(paths)).postgres;
  return urlOf({ host, port, user: owner, password: await readSecret(paths.ownerPassword) }, database);
}
