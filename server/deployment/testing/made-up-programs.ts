import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HomePaths } from "../../platform/home.ts";

export type MadeUp = {
  version: string;
  /** `dies` does so when it has done its work for a moment. */
  gate?: "well" | "dies";
  updater?: "well" | "dies";
  /** What makes its gate another program than that of another release; the version, if not given. */
  edition?: string;
  /** Whether its updater starts a runner, which holds the run lock. */
  withRunner?: boolean;
};

const module = (path: string) => JSON.stringify(join(import.meta.dirname, "../../..", path));

/**
 * Makes `releases/<version>` with the real launcher, a gate that is the real one but for its entry point, and a made-up updater: it starts an app
 * instance and a runner under the run lock, which are as hard to end as the real ones, and says which version it is.
 */
export async function writePrograms(paths: HomePaths, made: MadeUp): Promise<void> {
  const { version, gate = "well", updater = "well", edition = version, withRunner = false } = made;
  const bin = join(paths.release(version), "bin");
  await mkdir(bin, { recursive: true });
  const files = {
    "../release-info.json": JSON.stringify({ version }),
    "../.artifact.json": JSON.stringify({ v: 1, version, sha256: "0".repeat(64) }),
    "start.mjs": `import ${module("scripts/start.ts")};`,
    "gate.mjs": `// ${edition}\n${HEAD}${GATE}${gate === "dies" ? DEATH : ""}`,
    "updater.mjs": `${HEAD}
      const version = "${version}";
      ${INSTANCE}${withRunner ? RUNNER : ""}${UPDATER}${updater === "dies" ? DEATH : ""}`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(bin, name), content);
}

const HEAD = `
  import { rmSync, writeFileSync } from "node:fs";
  import { createServer } from "node:http";
  import { startGate } from ${module("server/gate/gate.ts")};
  import { systemClock } from ${module("server/platform/clock.ts")};
  import { readConfig } from ${module("server/platform/config.ts")};
  import { programDigest } from ${module("server/platform/entry.ts")};
  import { baseEnv } from ${module("server/platform/env.ts")};
  import { homePaths } from ${module("server/platform/home.ts")};
  import { lockHolder, underLock } from ${module("server/platform/lock.ts")};
  import { silentLog } from ${module("server/platform/log.ts")};
  import { findMarked } from ${module("server/platform/marked-processes.ts")};
  import { spawnDetached } from ${module("server/platform/process.ts")};
  import { INSTANCE_MARK, homeMark } from ${module("server/deployment/marks.ts")};
  const paths = homePaths(process.env.FILAOPS_HOME);
  const wrote = (name, pid) => writeFileSync(paths.run + "/" + name + ".pid", String(pid));`;

const GATE = `
  const { gate: listen } = await readConfig(paths);
  const options = { paths, listen: { ...listen, fd: Number(process.env.FILAOPS_LISTENER) }, proto: "http", clock: systemClock, log: silentLog };
  const gate = await startGate({ ...options, program: await programDigest(import.meta.filename) });
  const end = (graceMs, idleMs) => () => void gate.close(graceMs, idleMs).then(() => process.exit(0));
  process.once("SIGTERM", end(1000, 0));
  process.once("SIGUSR2", end(20000, 1000));
  wrote("gate", process.pid);`;

const INSTANCE = `
  const mark = await homeMark(paths);
  if (findMarked(INSTANCE_MARK, mark).length === 0) {
    const env = { ...baseEnv(), [INSTANCE_MARK]: mark + "blue/1" };
    wrote("instance", (await spawnDetached("sleep", ["1000"], { env, output: 2 })).pid);
  }`;

const RUNNER = `
  if (lockHolder(paths.runLock) === null) {
    const [flock, ...words] = underLock(paths.runLock);
    const env = { ...baseEnv(), MADE_UP_RUNNER: mark };
    wrote("runner", (await spawnDetached(flock, [...words, "sleep", "1000"], { env, output: 2 })).pid);
  }`;

const UPDATER = `
  rmSync(paths.updaterSocket, { force: true });
  const overview = JSON.stringify({ result: { data: { service: { version, problem: null } } } });
  createServer((request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(overview);
  }).listen(paths.updaterSocket, () => wrote("updater", process.pid));`;

const DEATH = `
  setTimeout(() => process.exit(1), 300);`;
