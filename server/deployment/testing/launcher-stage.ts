import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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

export type Launcher = { child: ReturnType<typeof spawnAttached>; line: Promise<unknown> };

export type LauncherStage = {
  paths: HomePaths;
  config: Config;
  /** Starts the real `scripts/start.ts` from the folder of made-up siblings. */
  start: () => Launcher;
  /** The pid of what runs under this name now, or 0. */
  pid: (name: "gate" | "updater" | "postgres" | "instance" | "runner") => Promise<number>;
  /** The pids of everything that was started for this home and lives. */
  living: () => Promise<number[]>;
  /** Ends everything without further ado. */
  end: () => Promise<void>;
  close: () => Promise<void>;
};

const REPO = join(import.meta.dirname, "../../..");

/** A home with a cluster of its own, and a folder with a real `start.ts` beside a made-up gate and updater. */
export async function setLauncherStage(): Promise<LauncherStage> {
  const home = await mkdtemp(join(tmpdir(), "filaops-launcher-"));
  await chmod(home, 0o755); // the cluster's user must get through
  const paths = homePaths(home);
  for (const folder of [paths.run, paths.door, paths.gate]) await mkdir(folder);
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
  const scripts = join(home, "scripts");
  await writeScripts(scripts);
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
      const words = [join(scripts, "start.ts"), "--home", home, "--json"];
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
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The made-up gate answers for the app; the made-up updater starts an app instance and a runner under the run lock, and both are as hard to end as the real ones. */
async function writeScripts(folder: string): Promise<void> {
  const module = (path: string) => JSON.stringify(join(REPO, path));
  const head = `
    import { writeFileSync } from "node:fs";
    import { createServer } from "node:http";
    import { homePaths } from ${module("server/platform/home.ts")};
    import { homeMark, INSTANCE_MARK } from ${module("server/deployment/marks.ts")};
    import { startTimeOf, spawnDetached } from ${module("server/platform/process.ts")};
    import { findMarked } from ${module("server/platform/marked-processes.ts")};
    import { underLock, lockHolder } from ${module("server/platform/lock.ts")};
    import { baseEnv } from ${module("server/platform/env.ts")};
    const paths = homePaths(process.env.FILAOPS_HOME);
    const wrote = (name, pid) => writeFileSync(paths.run + "/" + name + ".pid", String(pid));`;
  const files = {
    "start.ts": `import ${module("scripts/start.ts")};`,
    "gate.ts": `${head}
      import { readConfig } from ${module("server/platform/config.ts")};
      const { gate } = await readConfig(paths);
      import { rmSync } from "node:fs";
      createServer((request, response) => response.end("{}")).listen(gate.port, gate.host, () => {
        rmSync(paths.gateSocket, { force: true });
        createServer().listen(paths.gateSocket, () => wrote("gate", process.pid));
      });`,
    "updater.ts": `${head}
      import { rmSync } from "node:fs";
      const mark = await homeMark(paths);
      if (findMarked(INSTANCE_MARK, mark).length === 0) {
        const env = { ...baseEnv(), [INSTANCE_MARK]: mark + "blue/1" };
        wrote("instance", (await spawnDetached("sleep", ["1000"], { env, output: 2 })).pid);
      }
      if (lockHolder(paths.runLock) === null) {
        const [flock, ...words] = underLock(paths.runLock);
        const env = { ...baseEnv(), MADE_UP_RUNNER: mark };
        wrote("runner", (await spawnDetached(flock, [...words, "sleep", "1000"], { env, output: 2 })).pid);
      }
      rmSync(paths.updaterSocket, { force: true });
      createServer().listen(paths.updaterSocket, () => wrote("updater", process.pid));`,
  };
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}
