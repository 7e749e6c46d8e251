import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { urlOf } from "../../server/databases/login-url.ts";
import { stopSchedule } from "../../server/backups/settings.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { readConfig, readSecret } from "../../server/platform/config.ts";
import { problemSchema } from "../../server/platform/contract.ts";
import { baseEnv } from "../../server/platform/env.ts";
import { AppError } from "../../server/platform/errors.ts";
import { makeFolder, parseJson } from "../../server/platform/files.ts";
import type { HomePaths } from "../../server/platform/home.ts";
import { homePaths } from "../../server/platform/home.ts";
import { silentLog } from "../../server/platform/log.ts";
import { findPostgresBinaries } from "../../server/platform/postgres-server.ts";
import { run, spawnAttached } from "../../server/platform/process.ts";
import type { Feed } from "../../server/releases/testing/feed.ts";
import { startFeed } from "../../server/releases/testing/feed.ts";
import { installHome } from "../install/install-home.ts";
import { stopHome } from "../install/stop-home.ts";
import type { DemoPlaces, PublisherPlaces } from "./places.ts";
import { demoPlaces } from "./places.ts";
import type { Ports, PublicPort } from "./ports.ts";
import { HOST, choosePorts, listenOn, urlOn } from "./ports.ts";
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

export type StageOptions = PublicPort & {
  folder: string;
  /** Whether a print farm is put into it; without it, the first visitor sets up the owner. */
  seeded: boolean;
  published: readonly string[];
  /** Where releases lie that were made already; without it they are made. */
  released?: PublisherPlaces;
  say: (text: string) => void;
  /** The folder is removed afterwards: what lies elsewhere (in a Docker engine) goes when the stage is closed. */
  temporary?: boolean;
  /** The releases that are made images of; all when absent. */
  versions?: readonly string[];
  /** Aborted when all shall end, also in the middle of the installation. */
  ending?: AbortSignal;
};

/** How long a command may take, in milliseconds: an update is one. */
const COMMAND_MS = 300_000;

const readySchema = z.discriminatedUnion("ready", [
  z.object({ ready: z.literal(true), url: z.string() }),
  z.object({ ready: z.literal(false), problem: problemSchema }),
]);

/**
 * A whole installation of 1.0.0 with a release feed beside it: made when it is not there yet, then started. Throws `already-running` when the folder's
 * FilaOps runs, `gate-port-taken` when another program has the port. When it throws, nothing is left that it started.
 */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { folder, seeded, published, released, say, ending = new AbortController().signal } = options;
  const places = demoPlaces(folder, released);
  const paths = homePaths(places.home);
  await stopHome(places.home); // what a demo that was killed left behind has its ports
  await makeFolder(folder);
  if (released === undefined) await publishReleases(places, { now: systemClock.now(), say, signal: ending });
  const ports = await choosePorts(places, options);
  const feed = await startFeed({ folder: places.releases, port: ports.feed, published });
  let launcher: Awaited<ReturnType<typeof launch>> | undefined;
  const close = async () => {
    await launcher?.close();
    await stopHome(places.home).finally(() => feed.close());
  };
  try {
    await install(places, ports, { say, api: feed.url, signal: ending });
    await listenOn(paths, ports.gate);
    if (options.temporary === true) await stopSchedule({ paths, clock: systemClock });
    launcher = await launch(paths, ending);
    const signIn = seeded
      ? await seedOnce(places, { ownerUrl: await ownerUrl(paths), files: paths.files, say })
      : { email: "", password: "" };
    ending.throwIfAborted();
    return {
      places,
      paths,
      url: urlOn(ports.gate),
      feed,
      signIn,
      ownerUrl: () => ownerUrl(paths),
      filaops: async (args) => {
        const options = { env: { ...baseEnv(), FILAOPS_HOME: paths.home }, timeoutMs: COMMAND_MS, signal: ending };
        await run(process.execPath, [join(paths.program, "bin", "filaops.mjs"), ...args], options);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function install(
  places: DemoPlaces,
  ports: Ports,
  { say, api, signal }: { say: (text: string) => void; api: string; signal: AbortSignal },
): Promise<void> {
  const binaries = await findPostgresBinaries();
  signal.throwIfAborted();
  await installHome({
    home: places.home,
    config: {
      v: 1,
      publicUrl: urlOn(ports.gate),
      gate: { host: HOST, port: ports.gate },
      postgres: { host: HOST, port: ports.postgres, database: "filaops", binaries: binaries.folder },
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
    signal,
  });
}

/** Starts the installed launcher and waits for its line. */
async function launch(paths: HomePaths, ending: AbortSignal): Promise<{ close: () => Promise<void> }> {
  ending.throwIfAborted();
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
  try {
    const said = once(lines, "line", { signal: ending }).then(([text]) => String(text));
    const line = await Promise.race([said, closed.then(() => null)]);
    if (line === null) {
      throw new AppError("service-unreachable", { service: "FilaOps", reason: "it ended while it was starting" });
    }
    const ready = parseJson(line, readySchema, "the launcher");
    if (!ready.ready) throw AppError.reported(ready.problem);
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Puts a print farm into the database, once, and keeps the way to sign in. */
async function ownerUrl(paths: HomePaths): Promise<string> {
  const { owner, host, port, database } = (await readConfig(paths)).postgres;
  return urlOf({ host, port, user: owner, password: await readSecret(paths.ownerPassword) }, database);
}
