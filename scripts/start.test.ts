import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../server/platform/free-port.ts";
import { endInstances, ownCluster } from "../server/deployment/launcher.ts";
import { INSTANCE_MARK, SERVICE_MARK, homeMark } from "../server/deployment/marks.ts";
import { packSignedRelease } from "../server/deployment/testing/signed-release.ts";
import { systemClock } from "../server/platform/clock.ts";
import { readConfig } from "../server/platform/config.ts";
import { baseEnv } from "../server/platform/env.ts";
import { homePaths } from "../server/platform/home.ts";
import { silentLog } from "../server/platform/log.ts";
import { findMarked } from "../server/platform/marked-processes.ts";
import { findPostgresBinaries } from "../server/platform/postgres-server.ts";
import { spawnAttached } from "../server/platform/process.ts";
import { createKeyPair, parseSecretKey } from "../server/releases/minisign.ts";
import { installHome } from "./install/install-home.ts";

/** The launcher with the real gate and updater; how it treats its children is tested with made-up ones in server/deployment. */

let folder: string;
let url: string;
const paths = () => homePaths(join(folder, "home"));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-start-"));
  await chmod(folder, 0o755); // the cluster's user must get through
  const keys = createKeyPair();
  const release = await packSignedRelease(folder, { name: "release", key: parseSecretKey(keys.secretKey) });
  const { folder: binaries } = await findPostgresBinaries();
  const [gate, port, blue, green, nobody] = await Promise.all([1, 2, 3, 4, 5].map(freePort));
  url = `http://127.0.0.1:${String(gate)}`;
  await installHome({
    home: paths().home,
    config: {
      v: 1,
      publicUrl: url,
      gate: { host: "127.0.0.1", port: gate ?? 0 },
      postgres: { host: "127.0.0.1", port: port ?? 0, database: "filaops", binaries },
      releases: { api: `http://127.0.0.1:${String(nobody)}` },
      driver: "native",
      slots: { blue: blue ?? 0, green: green ?? 0 },
    },
    release,
    releaseKey: keys.publicKey,
    database: { kind: "own" },
    clock: systemClock,
    log: silentLog,
  });
});
afterAll(async () => {
  const world = { paths: paths(), config: await readConfig(paths()), clock: systemClock };
  await endInstances(world);
  await (await ownCluster(world))?.stop("immediate");
  await rm(folder, { recursive: true });
});

async function statusOf(path: string): Promise<number> {
  return fetch(url + path).then(
    (response) => response.status,
    () => 0,
  );
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 45_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`);
    await systemClock.sleep(20);
  }
}

test("FilaOps runs, each part that is killed comes back, and nothing is left when it ends", async () => {
  const child = spawnAttached(process.execPath, [join(import.meta.dirname, "start.ts"), "--home", paths().home, "--json"], {
    env: baseEnv(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
    expect(JSON.parse(line.toString())).toEqual({ ready: true, url });
    expect(await statusOf("/api/health")).toBe(200);

    const home = await homeMark(paths());
    const parts = [
      ["the app", INSTANCE_MARK, `${home}blue`],
      ["the gate", SERVICE_MARK, `${home}gate`],
      ["the updater", SERVICE_MARK, `${home}updater`],
      ["the app again", INSTANCE_MARK, `${home}blue`],
    ] as const;
    for (const [name, mark, value] of parts) {
      const [before] = findMarked(mark, value);
      if (before === undefined) throw new Error(`${name} does not run`);
      process.kill(before.pid, "SIGKILL");
      await until(`${name} comes back`, () => findMarked(mark, value).some(({ pid }) => pid !== before.pid));
      await until(`${name} answers`, async () => (await statusOf("/api/health")) === 200);
    }

    child.kill("SIGINT");
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
    expect([...findMarked(INSTANCE_MARK, home), ...findMarked(SERVICE_MARK, home)]).toEqual([]);
    const world = { paths: paths(), config: await readConfig(paths()), clock: systemClock };
    expect(await (await ownCluster(world))?.status()).toBeNull();
    expect(await statusOf("/")).toBe(0);
  } finally {
    child.kill("SIGKILL");
  }
});
