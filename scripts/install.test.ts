import { chmod, cp, mkdtemp, readFile, readdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { freePort } from "../server/platform/free-port.ts";
import { withConnection } from "../server/databases/connect.ts";
import { endInstances, ownCluster } from "../server/deployment/launcher.ts";
import { packSignedRelease } from "../server/deployment/testing/signed-release.ts";
import { systemClock } from "../server/platform/clock.ts";
import { readConfig, readSecret } from "../server/platform/config.ts";
import { baseEnv } from "../server/platform/env.ts";
import { exists } from "../server/platform/files.ts";
import { homePaths } from "../server/platform/home.ts";
import { silentLog } from "../server/platform/log.ts";
import { findPostgresBinaries } from "../server/platform/postgres-server.ts";
import { run } from "../server/platform/process.ts";
import { createKeyPair, parseSecretKey } from "../server/releases/minisign.ts";
import type { Installing } from "./install/install-home.ts";
import { installHome } from "./install/install-home.ts";

const ROOT = join(import.meta.dirname, "..");
const keys = createKeyPair();
let folder: string;
let release: string;
let home: string;
let roles: { owner: string; app: string; writer: string; loader: string } | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-install-"));
  await chmod(folder, 0o755); // the cluster's user must get through
  release = await packSignedRelease(folder, { name: "good", key: parseSecretKey(keys.secretKey) });
});
afterEach(async () => {
  const paths = homePaths(home);
  if (await exists(paths.config)) {
    await endInstances({ paths, clock: systemClock });
    await (await ownCluster({ paths, config: await readConfig(paths), clock: systemClock }))?.stop("immediate");
  }
  await rm(home, { recursive: true, force: true });
  if (roles === undefined) return;
  const { owner, app, writer, loader } = roles;
  const { host, port, superuser: user, password } = inject("postgres");
  await withConnection({ host, port, user, password }, { database: "postgres", applicationName: "test" }, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${owner}`);
    await client.query(`DROP DATABASE IF EXISTS ${owner}_blank`);
    await client.query(`DROP ROLE IF EXISTS ${owner}, ${app}, ${writer}, ${loader}`);
  });
});
afterAll(() => rm(folder, { recursive: true }));

async function installing(database: "own" | "server"): Promise<Installing> {
  home = join(await mkdtemp(join(folder, "home-")), "filaops");
  await chmod(join(home, ".."), 0o755);
  const { folder: binaries } = await findPostgresBinaries();
  const [gate, port, blue, green] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const server = inject("postgres");
  const own = database === "own";
  const tag = `install_${String(gate)}`;
  roles = own ? undefined : { owner: tag, app: `${tag}_app`, writer: `${tag}_writer`, loader: `${tag}_loader` };
  return {
    home,
    release,
    releaseKey: keys.publicKey,
    config: {
      v: 1,
      publicUrl: `http://127.0.0.1:${String(gate)}`,
      gate: { host: "127.0.0.1", port: gate },
      postgres: { host: "127.0.0.1", port: own ? port : server.port, database: own ? "filaops" : tag, binaries, ...roles },
      releases: {},
      driver: "native",
      slots: { blue, green },
    },
    database: own
      ? { kind: "own" }
      : {
          kind: "server",
          superuser: { host: server.host, port: server.port, user: server.superuser, password: server.password },
        },
    clock: systemClock,
    log: silentLog,
  };
}

/** Every file of a folder with its content's digest and time. */
async function picture(of: string): Promise<string[]> {
  const entries = await readdir(of, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes("postgres"));
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path} ${(await stat(path)).mtimeMs} ${await readFile(path, "base64")}`;
    }),
  );
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8")) as unknown;
}

test("a home with a PostgreSQL of its own: all is made, the app answers, and a second call changes nothing", async () => {
  const wanted = await installing("own");
  expect(await installHome(wanted)).toEqual({ made: true, version: "1.0.0", url: wanted.config.publicUrl });
  const paths = homePaths(home);
  const { port } = (await readConfig(paths)).postgres;
  const superuser = { host: "127.0.0.1", port, user: "postgres", password: await readSecret(paths.superuserPassword) };
  const oid = await withConnection(superuser, { database: "filaops", applicationName: "test" }, async (client) => {
    const { rows } = await client.query<{ oid: string }>("SELECT oid FROM pg_database WHERE datname = 'filaops'");
    expect((await client.query("SELECT FROM orders")).rowCount).toBe(0);
    return Number(rows[0]?.oid);
  });
  const slots = wanted.config.slots;
  expect(await json(paths.state)).toMatchObject({
    sessionEpoch: 0,
    installed: { version: "1.0.0", slot: "blue", oid },
    highestCommitted: "1.0.0",
  });
  expect(await json(paths.gateState)).toMatchObject({
    mode: "proxy",
    target: { slot: "blue", version: "1.0.0", port: slots.blue },
    run: null,
  });
  expect((await fetch(`http://127.0.0.1:${String(slots.blue)}/api/health`)).status).toBe(200);
  expect(await exists(join(paths.program, "server.js"))).toBe(true);

  const before = await picture(home);
  expect(await installHome(wanted)).toEqual({ made: false, version: "1.0.0", url: wanted.config.publicUrl });
  expect(await picture(home)).toEqual(before);
});

test("secrets are different from each other, and closed to others", async () => {
  await installHome(await installing("server"));
  const { keys: folderOfKeys, backups, run: runFolder } = homePaths(home);
  expect((await stat(folderOfKeys)).mode & 0o777).toBe(0o700);
  expect((await stat(backups)).mode & 0o777).toBe(0o700);
  expect((await stat(runFolder)).mode & 0o007).toBe(0);
  const entries = await readdir(folderOfKeys, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folderOfKeys, join(entry.parentPath, entry.name)));
  expect(names.toSorted()).toEqual([
    "instance.key",
    "operator.token",
    "owner/owner.password",
    "release.pub",
    "web/app.password",
    "web/auth.secret",
    "web/web.token",
  ]);
  const contents = await Promise.all(names.map((name) => readFile(join(folderOfKeys, name), "utf8")));
  expect(new Set(contents).size).toBe(names.length);
  for (const name of names) expect((await stat(join(folderOfKeys, name))).mode & 0o777).toBe(0o600);
});

test("what was interrupted goes on, with the secrets that it had", async () => {
  const wanted = await installing("server");
  const dying = await packSignedRelease(folder, {
    name: "dying",
    key: parseSecretKey(keys.secretKey),
    version: "1.0.1",
    files: { "behaviour.json": JSON.stringify({ app: "dies" }) },
  });
  await expect(installHome({ ...wanted, release: dying })).rejects.toMatchObject({ code: "release-not-healthy" });
  const paths = homePaths(home);
  expect(await exists(paths.gateState)).toBe(false);
  const [password, before] = [await readSecret(paths.appPassword), (await json(paths.state)) as { instanceId: string }];
  expect(await installHome(wanted)).toMatchObject({ made: true });
  expect(await readSecret(paths.appPassword)).toBe(password);
  expect(await json(paths.state)).toMatchObject({ instanceId: before.instanceId, installed: { version: "1.0.0" } });
  expect(await readlink(paths.program)).toBe("releases/1.0.0");
});

test("another key than the one that was pinned is refused", async () => {
  const wanted = await installing("server");
  await installHome(wanted);
  const paths = homePaths(home);
  await rm(paths.gateState);
  await writeFile(paths.releaseKey, createKeyPair().publicKey);
  await expect(installHome(wanted)).rejects.toMatchObject({ code: "config-invalid" });
});

test.each([
  [
    "signed by another key",
    "release-signer-unknown",
    (to: string) => ({ release: to, releaseKey: createKeyPair().publicKey }),
    () => Promise.resolve(),
  ],
  [
    "whose description was changed",
    "release-signature-wrong",
    (to: string) => ({ release: to }),
    async (to: string) => {
      const path = join(to, "release.json");
      await writeFile(path, (await readFile(path, "utf8")).replace('"normal"', '"important"'));
    },
  ],
  [
    "whose archive was changed",
    "archive-refused",
    (to: string) => ({ release: join(to, "filaops-1.0.0.tar.gz") }),
    (to: string) => writeFile(join(to, "filaops-1.0.0.tar.gz"), "something else"),
  ],
])("a release %s is not installed, and nothing is made", async (what, code, change, spoil) => {
  const spoilt = join(folder, what.replaceAll(" ", "-"));
  await cp(release, spoilt, { recursive: true });
  await spoil(spoilt);
  const wanted = { ...(await installing("server")), ...change(spoilt) };
  await expect(installHome(wanted)).rejects.toMatchObject({ code });
  expect(await exists(home)).toBe(false);
});

test("the command installs, and leaves nothing running", async () => {
  const { config } = await installing("own");
  const key = join(folder, "release.pub");
  await writeFile(key, keys.publicKey);
  const ports = ["--slot-ports", String(config.slots.blue), String(config.slots.green)];
  const args = ["--home", home, "--archive", release, "--key", key, "--port", String(config.gate.port), ...ports];
  const command = [join(ROOT, "scripts/install.ts"), ...args, "--postgres-port", String(config.postgres.port)];
  const { stdout } = await run(process.execPath, command, { env: baseEnv() });
  expect(stdout).toContain(`FilaOps 1.0.0 is installed. Start it, and open http://localhost:${String(config.gate.port)}`);
  const paths = homePaths(home);
  const cluster = await ownCluster({ paths, config: await readConfig(paths), clock: systemClock });
  expect(await cluster?.status()).toBeNull();
  await expect(fetch(`http://127.0.0.1:${String(config.slots.blue)}/api/health`)).rejects.toThrow();
  expect((await run(process.execPath, command)).stdout).toContain("installed already");
});
