import { once } from "node:events";
import { readFileSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { systemClock } from "../../../platform/clock.ts";
import { baseEnv } from "../../../platform/env.ts";
import { makeFolder } from "../../../platform/files.ts";
import { freePort } from "../../../platform/free-port.ts";
import { endProcesses, findMarked } from "../../../platform/marked-processes.ts";
import { run, spawnAttached, startTimeOf } from "../../../platform/process.ts";

/** The engine that the tests use: the one that runs here, or one that was started for them. */
export const SOCKET = "/var/run/docker.sock";
const PATIENCE_MS = 60_000;

export type TestEngine = {
  socket: string;
  /** A registry on loopback, as `127.0.0.1:<port>`. */
  registry: string;
  close: () => Promise<void>;
};

/**
 * A real engine and a real registry (Debian's). An engine that is running is used as it is; without one, `dockerd` is started, as root, and ended
 * again. What the tests leave in it besides their containers are base images, so that they are made once. What is in the registry stays in
 * `folder`; with a port of its own it is found again there.
 */
export async function openEngine(folder: string, port?: number): Promise<TestEngine> {
  await makeFolder(folder);
  const isOurs = !(await answers(SOCKET));
  if (isOurs) await startSharedEngine(join(folder, "dockerd.log"));
  const end = isOurs ? endSharedEngine : () => Promise.resolve();
  try {
    const registry = await startRegistry(folder, port ?? (await freePort()));
    return {
      socket: SOCKET,
      registry: registry.address,
      close: async () => {
        await registry.end();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The Docker command line, without a shell; returns its standard output. */
export async function docker(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  // The classic builder needs no plugin, and these images are small.
  const env = { DOCKER_HOST: `unix://${SOCKET}`, DOCKER_BUILDKIT: "0", ...options.env };
  return (await run("docker", args, { timeoutMs: 600_000, ...options, env })).stdout;
}

/** In the environment of an engine that was started for tests: its log. */
const ENGINE_MARK = "FILAOPS_TEST_ENGINE";

/**
 * Ends the engine and starts it again, as an update of Docker does: its containers end with it, and come back as they are declared.
 * @internal
 */
export async function restartEngine(): Promise<void> {
  const [engine] = findMarked(ENGINE_MARK, "/");
  if (engine === undefined) {
    throw new Error("An engine that is in use is not restarted: end the one that runs here, the tests start one themselves.");
  }
  await endSharedEngine();
  await startSharedEngine(engine.value);
}

/** Starts `dockerd` on a socket, as root, and waits until it answers. */
export async function startEngine(
  socket: string,
  { log: path, args = [], env = {} }: { log: string; args?: readonly string[]; env?: Record<string, string> },
) {
  const log = await open(path, "a");
  const options = { env: { ...baseEnv(), ...env }, stdio: ["ignore" as const, log.fd, log.fd] };
  const child = spawnAttached("dockerd", ["--host", `unix://${socket}`, ...args], options);
  const process = await markOf(child);
  await log.close();
  await until(() => answers(socket), `dockerd does not come up; its log is ${path}`);
  return { end: () => endProcesses([process], { clock: systemClock, graceMs: 20_000 }) };
}

async function startSharedEngine(log: string): Promise<void> {
  // What it notes of itself lies beside its log: the notes of an engine that was killed, with the pid of somebody else by now, keep the next one from starting.
  const folder = dirname(log);
  const args = ["--pidfile", join(folder, "docker.pid"), "--exec-root", join(folder, "exec")];
  await startEngine(SOCKET, { log, args, env: { [ENGINE_MARK]: log } });
}

function endSharedEngine(): Promise<void> {
  // containerd has the same environment, and is the engine's to end.
  const engines = findMarked(ENGINE_MARK, "/").filter(
    ({ pid }) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "dockerd",
  );
  return endProcesses(engines, { clock: systemClock, graceMs: 30_000 });
}

async function startRegistry(folder: string, port: number) {
  const storage = join(folder, "registry");
  await makeFolder(storage);
  const config = {
    version: "0.1",
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
  };
  const path = join(folder, "registry.yml");
  await writeFile(path, JSON.stringify(config)); // JSON is YAML
  const child = spawnAttached("docker-registry", ["serve", path], { env: baseEnv(), stdio: "ignore" });
  const process = await markOf(child);
  await until(() => listens(port), "the registry does not come up");
  return { address: `127.0.0.1:${port}`, end: () => endProcesses([process], { clock: systemClock, graceMs: 2000 }) };
}

async function markOf(child: ReturnType<typeof spawnAttached>) {
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  child.unref();
  return { pid, startTime: startTimeOf(pid) ?? "" };
}

async function until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(otherwise);
    await systemClock.sleep(50);
  }
}

function answers(path: string): Promise<boolean> {
  return connects({ path });
}

function listens(port: number): Promise<boolean> {
  return connects({ host: "127.0.0.1", port });
}

function connects(where: { path: string } | { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(where);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
