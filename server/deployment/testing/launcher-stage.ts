import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../platform/free-port.ts";
import { systemClock } from "../../platform/clock.ts";
import type { Config } from "../../platform/config.ts";
import { configSchema } from "../../platform/config.ts";
import { baseEnv } from "../../platform/env.ts";
import { isErrno } from "../../platform/files.ts";
import type { HomePaths } from "../../platform/home.ts";
import { homePaths } from "../../platform/home.ts";
import { endProcesses, findMarked } from "../../platform/marked-processes.ts";
import { createPostgresServer, findPostgresBinaries } from "../../platform/postgres-server.ts";
import { spawnAttached } from "../../platform/process.ts";
import { INSTANCE_MARK, SERVICE_MARK, homeMark } from "../marks.ts";
import { pointProgram } from "../program.ts";
import { writePrograms } from "./made-up-programs.ts";

export type Launcher = { child: ReturnType<typeof spawnAttached>; line: Promise<unknown> };

export type LauncherStage = {
  paths: HomePaths;
  config: Config;
  /** Starts the real launcher, as a service manager does: from the release that the link `program` leads to. */
  start: () => Launcher;
  /** The pid of what runs under this name now, or 0. */
  pid: (name: "gate" | "updater" | "postgres" | "instance" | "runner") => Promise<number>;
  /** The pids of everything that was started for this home and lives. */
  living: () => Promise<number[]>;
  /** Ends everything without further ado. */
  end: () => Promise<void>;
  close: () => Promise<void>;
};

/** A home with a cluster of its own, and release 1.0.0 in it: the real launcher, a made-up gate and updater. The gate leads to a made-up app. */
export async function setLauncherStage({ withRunner = true } = {}): Promise<LauncherStage> {
  const home = await mkdtemp(join(tmpdir(), "filaops-launcher-"));
  await chmod(home, 0o755); // the cluster's user must get through
  const paths = homePaths(home);
  for (const folder of [paths.run, paths.door, paths.gate, paths.shared, paths.keys]) await mkdir(folder);
  const { folder: binaries } = await findPostgresBinaries();
  const [gate, port, blue, green] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const config = configSchema.parse({
    v: 1,
    publicUrl: `http://127.0.0.1:${gate}`,
    gate: { host: "127.0.0.1", port: gate },
    postgres: { host: "127.0.0.1", port, database: "filaops", binaries },
    releases: {},
    driver: "native",
    slots: { blue, green },
  });
  await writeFile(paths.config, JSON.stringify(config));
  const server = createPostgresServer({ binaries, data: paths.cluster, port, clock: systemClock });
  await server.init("secret");
  await writeFile(paths.operatorToken, "made up\n");
  const app = await startApp();
  const target = { slot: "blue", version: "1.0.0", host: "127.0.0.1", port: (app.address() as AddressInfo).port };
  const state = { v: 1, mode: "proxy", target, run: null, since: "2026-12-01T12:00:00.000Z" };
  await writeFile(paths.gateState, JSON.stringify(state));
  await writePrograms(paths, { version: "1.0.0", withRunner });
  await pointProgram(paths, "1.0.0");
  const launchers: Launcher["child"][] = [];
  const mark = await homeMark(paths);

  const pidFile = async (name: string) => Number(await readIfThere(join(paths.run, `${name}.pid`)));
  const living = async () => [
    ...[...findMarked(SERVICE_MARK, mark), ...findMarked(INSTANCE_MARK, mark)].map((process) => process.pid),
    ...findMarked("MADE_UP_RUNNER", mark).map((process) => process.pid),
    ...((await server.status()) === null ? [] : [(await server.status())?.pid ?? 0]),
  ];

  const end = async () => {
    for (const child of launchers) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    const left = [SERVICE_MARK, INSTANCE_MARK, "MADE_UP_RUNNER"].flatMap((name) => findMarked(name, mark));
    await endProcesses(left, { clock: systemClock, graceMs: 0 });
    await server.stop("immediate");
  };

  return {
    paths,
    config,
    living,
    start() {
      const words = [join(paths.program, "bin", "start.mjs"), "--home", home, "--json"];
      const child = spawnAttached(process.execPath, words, { env: baseEnv(), stdio: ["ignore", "pipe", "inherit"] });
      launchers.push(child);
      const line = once(child.stdout ?? child, "data").then(([data]) => JSON.parse(String(data)) as unknown);
      return { child, line };
    },
    async pid(name) {
      const pid = name === "postgres" ? ((await server.status())?.pid ?? 0) : await pidFile(name);
      return (await living()).includes(pid) ? pid : 0;
    },
    end,
    async close() {
      await end();
      app.closeAllConnections();
      app.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** What the gate leads to in place of an app instance. */
async function startApp(): Promise<Server> {
  const app = createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(app, "listening");
  return app;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}
