import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rename,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { systemClock } from "../platform/clock.ts";
import { exists, remove } from "../platform/files.ts";
import { homePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { run } from "../platform/process.ts";
import { createBackups } from "./backups.ts";
import { listBackups } from "./catalogue.ts";
import type { BackupManifest, BackupSettings } from "./contract.ts";
import type { BackupRequest, BackupsDeps } from "./create.ts";
import { createBackup } from "./create.ts";
import { applyRetention } from "./remove.ts";
import { verifyBackup } from "./verify.ts";

const SQL = `CREATE TABLE orders (id serial PRIMARY KEY, total numeric(14,2), note text);
  INSERT INTO orders (total, note) SELECT n, md5(n::text) FROM generate_series(1, 5000) n`;

let db: TestDatabase;
let home: string;
let deps: BackupsDeps;

beforeAll(async () => {
  db = await createTestDatabase({ sql: SQL });
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "filaops-backups-"));
  const { binaries } = inject("postgres");
  deps = {
    paths: homePaths(home),
    binaries,
    login: db.logins.owner,
    database: db.name,
    instanceKey: "key of this instance",
    applicationName: `filaops-run-${newUlid(systemClock)}`,
    clock: systemClock,
  };
});
afterEach(() => remove(home));
afterAll(() => db.close());

function request(more: Partial<BackupRequest> = {}): BackupRequest {
  return { id: newUlid(systemClock), kind: "manual", run: null, version: "1.0.0", note: "", ...more };
}

describe("a backup", () => {
  test("is whole, sealed, verified, tells its bytes, and what is in it is what was there", async () => {
    const told: number[] = [];
    const wanted = request({ note: "before lunch" });
    const manifest = await createBackup(deps, wanted, { onBytes: (bytes) => told.push(bytes) });
    expect(manifest).toMatchObject({
      ...wanted,
      v: 1,
      schemaHead: "",
      pgDumpVersion: expect.stringMatching(/^\d+\.\d+/) as string,
    });
    expect(manifest.books).toEqual({ tables: [{ table: "orders", rows: 5000, totals: { total: "12502500" } }] });
    expect(Object.keys(manifest.files)).toEqual(expect.arrayContaining(["README.txt", "SHA256SUMS", "database/toc.dat"]));
    expect(told.at(-1)).toBeGreaterThan(10_000);
    expect(manifest.bytes).toBeGreaterThan(told.at(-1)!);
    expect(await verifyBackup(deps, wanted.id)).toEqual(manifest);
    expect(await listBackups(deps)).toMatchObject([{ state: "good", id: wanted.id, manifest, label: { verifiedAt: null } }]);
    expect((await stat(deps.paths.backup(wanted.id))).mode & 0o077).toBe(0);
  });

  test("is got back by the very commands of its README", async () => {
    const { id } = await createBackup(deps, request());
    const folder = deps.paths.backup(id);
    await run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: folder });
    const restored = `${db.name}_restored`;
    await db.query("owner", `CREATE DATABASE ${restored}`, "postgres");
    const { host, port, user, password } = db.logins.owner;
    const target = ["--host", host, "--port", String(port), "--username", user, "--dbname", restored];
    const readme = await readFile(join(folder, "README.txt"), "utf8");
    const flags = ["--exit-on-error", "--no-owner", "--no-privileges", "--jobs=2"];
    expect(readme.replaceAll(/\s+/g, " ")).toContain(flags.slice(0, 1).join(" "));
    await run(join(deps.binaries, "pg_restore"), [...target, ...flags, join(folder, "database")], {
      env: { PGPASSWORD: password },
    });
    const databases = db.databases();
    expect(await databases.dataHash(restored)).toBe(await databases.dataHash(db.name));
  });

  test("and its books are of one moment, while others write", async () => {
    const writing = new AbortController();
    const writer = await db.connect("app");
    const work = (async () => {
      while (!writing.signal.aborted) await writer.query("INSERT INTO orders (total) VALUES (1)");
    })();
    const { id, books } = await createBackup(deps, request());
    writing.abort();
    await work;
    const { stdout } = await run(join(deps.binaries, "pg_restore"), [
      "--data-only",
      "--file=-",
      join(deps.paths.backup(id), "database"),
    ]);
    const rows = stdout.split("\n").filter((line) => /^\d+\t/.test(line));
    expect(books.tables[0]!.rows).toBe(rows.length);
  });
});

describe("a backup that is not as it was", () => {
  let manifest: BackupManifest;
  let folder: string;
  beforeEach(async () => {
    manifest = await createBackup(deps, request());
    folder = deps.paths.backup(manifest.id);
  });

  const dataFile = () =>
    join(
      folder,
      Object.keys(manifest.files).find((path) => path.endsWith(".dat.gz") || path.endsWith(".dat.zst"))!,
    );
  const state = async () => (await listBackups(deps)).map((listed) => listed.state);

  test.each([
    ["cut", async () => truncate(dataFile(), 100)],
    ["longer", async () => appendFile(dataFile(), "x")],
    ["without a file", async () => remove(dataFile())],
    ["with a file more", async () => writeFile(join(folder, "database", "extra"), "x")],
    ["with a link in it", async () => symlink("/etc/passwd", join(folder, "database", "link"))],
    [
      "with a link for a file",
      async () => {
        await remove(dataFile());
        await symlink("/etc/passwd", dataFile());
      },
    ],
    ["without a manifest", async () => remove(join(folder, "manifest.json"))],
    ["with a torn manifest", async () => truncate(join(folder, "manifest.json"), 50)],
    [
      "in another one's place",
      async () => {
        const id = newUlid(systemClock);
        await rename(folder, deps.paths.backup(id));
        manifest = { ...manifest, id };
      },
    ],
  ])("%s: it is listed as damaged, and refused", async (_what, damage) => {
    await damage();
    expect(await state()).toEqual(["damaged"]);
    await expect(verifyBackup(deps, manifest.id)).rejects.toMatchObject({
      code: expect.stringMatching(/backup-damaged|file-unreadable/) as string,
    });
    expect(await createBackups(deps).list()).toEqual([]);
    expect(await createBackups(deps).find(manifest.id)).toBeNull();
  });

  test("one flipped bit is found by the full check", async () => {
    const file = await open(dataFile(), "r+");
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 500);
    byte[0]! ^= 1;
    await file.write(byte, 0, 1, 500);
    await file.close();
    await expect(verifyBackup(deps, manifest.id)).rejects.toMatchObject({ code: "backup-damaged" });
  });

  test("a dump that was bad from the start is found although its checksums hold", async () => {
    const bad = join(home, "bin");
    await mkdir(bad);
    const real = join(deps.binaries, "pg_dump");
    // A pg_dump that says that all went well and writes half of every table.
    await writeFile(
      join(bad, "pg_dump"),
      `#!/bin/bash\n${real} "$@" || exit 1\nfor a in "$@"; do [[ $a == */database ]] && truncate -s 200 "$a"/*.dat.*; done\nexit 0\n`,
    );
    await writeFile(join(bad, "pg_restore"), `#!/bin/bash\nexec ${join(deps.binaries, "pg_restore")} "$@"\n`);
    await chmod(join(bad, "pg_dump"), 0o755);
    await chmod(join(bad, "pg_restore"), 0o755);
    const made = await createBackup({ ...deps, binaries: bad }, request());
    await expect(verifyBackup(deps, made.id)).rejects.toMatchObject({ code: "backup-damaged" });
  });

  test("one of another installation, or with a changed manifest, is foreign", async () => {
    const other = { ...deps, instanceKey: "another key" };
    expect((await listBackups(other)).map((listed) => listed.state)).toEqual(["foreign"]);
    await expect(verifyBackup(other, manifest.id)).rejects.toMatchObject({ code: "backup-foreign" });
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...manifest, version: "9.9.9" }));
    expect(await state()).toEqual(["foreign"]);
  });

  test("a stranger's folder or a partial one is not listed and hides nothing", async () => {
    await mkdir(join(deps.paths.backups, "holiday photos"));
    await mkdir(`${deps.paths.backup(newUlid(systemClock))}.partial`);
    await symlink(folder, deps.paths.backup(newUlid(systemClock)));
    expect((await state()).toSorted()).toEqual(["damaged", "good"]);
  });
});

describe("a backup that fails leaves nothing of itself", () => {
  const leftovers = async () => (await exists(deps.paths.backups)) && (await run("ls", [deps.paths.backups])).stdout;

  test("because a table is locked: it is told after a short wait", async () => {
    const lock = await db.connect("superuser");
    await lock.query("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
    await expect(createBackup(deps, request(), { lockWaitMs: 500 })).rejects.toMatchObject({
      code: "backup-blocked",
      message: expect.stringContaining("the table public.orders") as string,
    });
    await lock.query("ROLLBACK");
    expect(await leftovers()).toBe("");
  });

  test("because it was cancelled: pg_dump is gone as well", async () => {
    const lock = await db.connect("superuser");
    await lock.query("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
    const wish = new AbortController();
    const cancelled = createBackup(deps, request(), { signal: wish.signal });
    const dumping = `SELECT FROM pg_stat_activity WHERE application_name = '${deps.applicationName}' AND wait_event_type = 'Lock'`;
    await expect.poll(() => db.query("superuser", dumping)).toHaveLength(1);
    wish.abort(new Error("cancelled by Ada"));
    await expect(cancelled).rejects.toThrow("cancelled by Ada");
    await db.databases(deps.applicationName).endBackends(deps.applicationName);
    await lock.query("ROLLBACK");
    expect(await leftovers()).toBe("");
  });

  test("because the password is wrong: the words do not hold it", async () => {
    const login = { ...db.logins.owner, password: "very-secret" };
    const failed = createBackup({ ...deps, login }, request());
    await expect(failed).rejects.toThrow(/password authentication failed/);
    await expect(failed).rejects.not.toThrow(/very-secret/);
    expect(await leftovers()).toBe("");
  });

  test("because pg_dump says that the disk is full", async () => {
    const full = join(home, "bin");
    await mkdir(full);
    const script = `#!/bin/bash\n[[ $1 == --version ]] && echo "pg_dump (PostgreSQL) 15.1" && exit 0\necho "pg_dump: error: could not write to file: No space left on device" >&2\nexit 1\n`;
    await writeFile(join(full, "pg_dump"), script, { mode: 0o755 });
    await expect(createBackup({ ...deps, binaries: full }, request())).rejects.toMatchObject({ code: "backup-disk-full" });
    expect(await leftovers()).toBe("");
  });

  // Only root may mount a disk that is small enough; the test above stands for everybody else.
  if (process.getuid?.() === 0) {
    test("because the disk is really full", async () => {
      await db.query(
        "owner",
        "CREATE TABLE noise AS SELECT md5(random()::text) || md5(random()::text) AS text FROM generate_series(1, 60000)",
      );
      await mkdir(deps.paths.backups);
      await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", deps.paths.backups]);
      try {
        await expect(createBackup(deps, request())).rejects.toMatchObject({ code: "backup-disk-full" });
        expect(await leftovers()).toBe("");
      } finally {
        await run("umount", ["--lazy", deps.paths.backups]);
        await db.query("owner", "DROP TABLE noise");
      }
    });
  }
});

test("retention removes the oldest good ones whole, and touches nothing that is damaged or referred to", async () => {
  const backups = createBackups(deps);
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    // Ids of one millisecond are not in order, and a backup takes longer than that anyway.
    ids.push((await backups.create(request(), {})).id);
  }
  await remove(join(deps.paths.backup(ids[4]!), "manifest.json"));
  const settings: BackupSettings = {
    v: 1,
    since: systemClock.now().toISOString(),
    schedule: { enabled: true, at: "02:00", timeZone: "UTC", weeklyDrill: true },
    retention: { last: 2, daily: 0, weekly: 0, monthly: 0, minimum: 1 },
  };
  expect(await applyRetention(deps, { settings, referred: [ids[0]!] })).toEqual([ids[1]]);
  expect((await listBackups(deps)).map(({ id }) => id)).toEqual([ids[4], ids[3], ids[2], ids[0]]);
  expect((await backups.list()).map(({ id }) => id)).toEqual([ids[3], ids[2], ids[0]]);
  expect((await backups.find(ids[3]!))?.id).toBe(ids[3]);
});

test("what an upload that was cut off left behind goes when nobody has written to it for long", async () => {
  const [old, young] = [newUlid(systemClock), newUlid(systemClock)].map((id) => `${deps.paths.backup(id)}.partial`);
  for (const folder of [old!, young!]) await mkdir(folder, { recursive: true });
  await utimes(old!, new Date(0), new Date(0));
  await createBackups(deps).removeStale(new Date(1000));
  expect([await exists(old!), await exists(young!)]).toEqual([false, true]);
});

test("what an interrupted backup left behind is removed by its id", async () => {
  const id = newUlid(systemClock);
  await mkdir(`${deps.paths.backup(id)}.partial/database`, { recursive: true });
  const backups = createBackups(deps);
  await backups.removePartial(id);
  await backups.removePartial(id);
  expect(await exists(`${deps.paths.backup(id)}.partial`)).toBe(false);
  await expect(backups.removePartial("../../etc")).rejects.toThrow(/not a ULID/);
});
