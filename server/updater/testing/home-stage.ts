import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { backupSettingsSchema } from "../../backups/contract.ts";
import { freePort } from "../../platform/free-port.ts";
import type { TestDatabase } from "../../databases/testing/test-database.ts";
import { createTestDatabase } from "../../databases/testing/test-database.ts";
import { INSTANCE_MARK, homeMark } from "../../deployment/marks.ts";
import { packFakeRelease } from "../../deployment/testing/fake-release.ts";
import { systemClock } from "../../platform/clock.ts";
import { configSchema } from "../../platform/config.ts";
import { baseEnv } from "../../platform/env.ts";
import type { HomePaths } from "../../platform/home.ts";
import { homePaths } from "../../platform/home.ts";
import { lockHolder } from "../../platform/lock.ts";
import { endProcesses, findMarked } from "../../platform/marked-processes.ts";
import { findPostgresBinaries } from "../../platform/postgres-server.ts";
import { spawnAttached, startTimeOf } from "../../platform/process.ts";
import type { SecretKey } from "../../releases/minisign.ts";
import { writePublication } from "../../releases/publication.ts";
import type { Feed } from "../../releases/testing/feed.ts";
import { startFeed } from "../../releases/testing/feed.ts";
import { testKey, testManifest } from "../../releases/testing/make-release.ts";
import { stateSchema } from "../../updates/state-contract.ts";

type Child = ReturnType<typeof spawnAttached>;
export type Ran = { code: number | null; stdout: string; stderr: string };

export type HomeStage = {
  paths: HomePaths;
  db: TestDatabase;
  /** Offers 1.1.0 from the start. Requests that it stalls are kept waiting for ever. */
  feed: Pick<Feed, "publish" | "withdraw"> & { stalls: (request: IncomingMessage) => boolean };
  /** Starts the real gate or updater as a process of its own. */
  start: (name: "gate" | "updater") => Child;
  /** Runs `filaops` to its end, with this on its standard input, and this in its environment besides. */
  filaops: (args: readonly string[], input?: string, env?: Record<string, string>) => Promise<Ran>;
  close: () => Promise<void>;
};

export const OPERATOR_TOKEN = "operator-token-of-a-test";
export const WEB_TOKEN = "web-token-of-a-test";
/** A release that can be offered, whose app ends before it listens. */
export const DEAD = "1.2.0";
const REPO = join(import.meta.dirname, "../../..");
const HEAD = "20261126220000_update_dismissals";

/**
 * A home with everything real but the app: PostgreSQL, gate, updater, runner, command line and a feed that offers 1.1.0. The app is a small
 * server that answers as the real one would when it is looked at.
 */
export async function setHomeStage(): Promise<HomeStage> {
  const home = await mkdtemp(join(tmpdir(), "filaops-home-"));
  const paths = homePaths(home);
  const db = await createTestDatabase();
  const { key, publicKey } = testKey();
  const stalling: Pick<HomeStage["feed"], "stalls"> = { stalls: () => false };
  const feed = await offer(join(home, "feed"), key, (request) => stalling.stalls(request));
  await layOut({ paths, db, feed, publicKey });
  const children: Child[] = [];
  const spawn = (
    name: string,
    args: readonly string[],
    { stdio, env = {} }: { stdio: "ignore" | "pipe"; env?: Record<string, string> },
  ) => {
    const words = [join(REPO, "scripts", `${name}.ts`), ...args];
    const child = spawnAttached(process.execPath, words, { env: { ...baseEnv(), ...env, FILAOPS_HOME: home }, stdio });
    children.push(child);
    return child;
  };
  return {
    paths,
    db,
    feed: Object.assign(stalling, { publish: feed.publish, withdraw: feed.withdraw }),
    start: (name) => spawn(name, [], { stdio: "ignore" }),
    async filaops(args, input = "", env = {}) {
      const child = spawn("filaops", args, { stdio: "pipe", env });
      const [stdout, stderr] = [child.stdout, child.stderr].map(collect);
      child.stdin?.end(input);
      await once(child, "close");
      return { code: child.exitCode, stdout: stdout?.() ?? "", stderr: stderr?.() ?? "" };
    },
    async close() {
      for (const child of children) child.kill("SIGKILL");
      const runner = lockHolder(paths.runLock);
      const instances = findMarked(INSTANCE_MARK, await homeMark(paths));
      const runners = runner === null ? [] : [{ pid: runner, startTime: startTimeOf(runner) ?? "0" }];
      await endProcesses([...runners, ...instances], { clock: systemClock, graceMs: 0 });
      await feed.close();
      await db.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Waits until the doctor finds nothing wrong. */
export async function allWell({ filaops }: Pick<HomeStage, "filaops">): Promise<void> {
  const find = async () => {
    expect(await filaops(["doctor"])).toMatchObject({ code: 0 });
  };
  await vi.waitFor(find, { timeout: 40_000, interval: 300 });
}

async function layOut(parts: { paths: HomePaths; db: TestDatabase; feed: Feed; publicKey: string }): Promise<void> {
  const { paths, db, feed, publicKey } = parts;
  const { folder: binaries } = await findPostgresBinaries();
  const { host, port } = db.logins.owner;
  const [gate, blue, green] = [await freePort(), await freePort(), await freePort()];
  const config = configSchema.parse({
    v: 1,
    publicUrl: `http://127.0.0.1:${gate}`,
    gate: { host: "127.0.0.1", port: gate },
    postgres: { host, port, database: db.name, ...db.roles, binaries },
    releases: { api: feed.url },
    driver: "native",
    slots: { blue, green },
    observeMs: 500,
  });
  const { run, door, shared, webKeys, ownerKeys, backups, plans, updates, releases, logs } = paths;
  for (const folder of [run, paths.gate, door, shared, webKeys, ownerKeys, backups, plans, updates, releases, logs]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(paths.config, JSON.stringify(config));
  const secrets = {
    ownerPassword: db.logins.owner.password,
    appPassword: db.logins.app.password,
    authSecret: "secret-of-sessions",
    webToken: WEB_TOKEN,
    operatorToken: OPERATOR_TOKEN,
    instanceKey: "key-of-this-instance",
    releaseKey: publicKey,
  } as const;
  for (const [name, secret] of Object.entries(secrets)) await writeFile(paths[name as keyof typeof secrets], `${secret}\n`);
  const [row] = await db.query("owner", `SELECT oid::int AS oid FROM pg_database WHERE datname = '${db.name}'`);
  const state = stateSchema.parse({
    v: 1,
    instanceId: "01JD0000000000000000000HME",
    sessionEpoch: 0,
    installedAt: "2026-11-01T00:00:00.000Z",
    installed: { version: "1.0.0", schemaHead: HEAD, slot: "blue", oid: row?.["oid"] },
    highestCommitted: "1.0.0",
  });
  await writeFile(paths.state, JSON.stringify(state));
  await stopSchedule(paths);
  await installFirst(paths);
}

/** No backup is made by itself, whatever the hour. */
async function stopSchedule(paths: HomePaths): Promise<void> {
  const settings = backupSettingsSchema.parse({
    v: 1,
    since: systemClock.now().toISOString(),
    schedule: { enabled: false, at: "02:00", timeZone: "UTC", weeklyDrill: false },
    retention: { last: 5, daily: 7, weekly: 4, monthly: 6, minimum: 3 },
  });
  await writeFile(paths.backupSettings, JSON.stringify(settings));
}

async function installFirst(paths: HomePaths): Promise<void> {
  const { release } = await packFakeRelease(paths.home, { version: "1.0.0", files: { "server.js": APP } });
  const folder = paths.release("1.0.0");
  await rename(join(paths.home, "filaops-1.0.0-source", "filaops-1.0.0"), folder);
  const artifact = { v: 1, version: "1.0.0", sha256: release.manifest.archive.sha256 };
  await writeFile(join(folder, ".artifact.json"), JSON.stringify(artifact));
}

/** A feed with a signed 1.1.0, whose app is as healthy as that of 1.0.0, and one that is broken; neither changes anything in the database. */
async function offer(folder: string, key: SecretKey, stalls: (request: IncomingMessage) => boolean): Promise<Feed> {
  const apps = { "1.1.0": APP, [DEAD]: 'throw new Error("made to die");' };
  for (const [version, app] of Object.entries(apps)) {
    const own = join(folder, version);
    await mkdir(own, { recursive: true });
    const { release, archive } = await packFakeRelease(folder, { version, files: { "server.js": app } });
    const { archive: described } = release.manifest;
    await copyFile(archive, join(own, described.name));
    await writePublication(own, { manifest: testManifest(version, { archive: described }), notes: `# ${version}`, key });
  }
  return startFeed({ folder, published: ["1.1.0"], intercept: stalls });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return () => text;
}

/** Healthy, with a sign-in page that names a script. */
const APP = `
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { version } = JSON.parse(readFileSync(process.env.FILAOPS_RELEASE_INFO, "utf8"));
const health = { status: "ready", version, schemaHead: { build: "${HEAD}", database: "${HEAD}" }, reason: null };
process.on("SIGTERM", () => process.exit(0));
createServer((request, response) => {
  const page = request.url.startsWith("/sign-in");
  response.writeHead(200, { "content-type": page ? "text/html" : "application/json" });
  response.end(page ? '<form></form><script src="/_next/static/app.js"></script>' : JSON.stringify(health));
}).listen(Number(process.env.PORT), process.env.HOSTNAME);
`;
