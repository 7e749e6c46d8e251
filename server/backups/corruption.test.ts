import { appendFile, cp, mkdtemp, open, readdir, rename, rm, symlink, truncate, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { systemClock } from "../platform/clock.ts";
import { homePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { createBackups } from "./backups.ts";

/** Every file of a backup, damaged in every way: it is found, and said, before anything is done with it. */

const SQL = `CREATE TABLE orders (id serial PRIMARY KEY, note text); INSERT INTO orders (note) SELECT md5(n::text) FROM generate_series(1, 2000) n`;

let db: TestDatabase;
let home: string;
let pristine: { one: string; other: string };
let paths: ReturnType<typeof homePaths>;
let backups: ReturnType<typeof createBackups>;
const [ONE, OTHER] = [newUlid(systemClock), newUlid(systemClock)];

beforeAll(async () => {
  db = await createTestDatabase({ sql: SQL });
  home = await mkdtemp(join(tmpdir(), "filaops-corruption-"));
  paths = homePaths(home);
  backups = createBackups({
    paths,
    binaries: inject("postgres").binaries,
    login: db.logins.owner,
    database: db.name,
    instanceKey: "key",
    applicationName: "filaops-test-corruption",
    clock: systemClock,
  });
  pristine = { one: join(home, "one"), other: join(home, "other") };
  const request = { kind: "manual" as const, run: null, version: "1.0.0" };
  await backups.create({ ...request, id: ONE, note: "one" }, {});
  // The comment makes its table of contents another one: two dumps of one second differ in nothing there, and a swap was no damage then.
  await db.query("owner", "UPDATE orders SET note = 'other'; COMMENT ON TABLE orders IS 'other'");
  await backups.create({ ...request, id: OTHER, note: "other" }, {});
  await cp(paths.backup(ONE), pristine.one, { recursive: true });
  await cp(paths.backup(OTHER), pristine.other, { recursive: true });
});
beforeEach(async () => {
  await rm(paths.backups, { recursive: true });
  await cp(pristine.one, paths.backup(ONE), { recursive: true });
});
afterAll(async () => {
  await rm(home, { recursive: true });
  await db.close();
});

/** The file that stands for all of its kind. */
const FILES: Record<string, () => Promise<string>> = {
  "the manifest": () => Promise.resolve("manifest.json"),
  "the checksums": () => Promise.resolve("SHA256SUMS"),
  "the README": () => Promise.resolve("README.txt"),
  "the table of contents": () => Promise.resolve("database/toc.dat"),
  "a table's rows": async () => {
    const names = await readdir(join(pristine.one, "database"));
    return join(
      "database",
      names.find((name) => /\.dat\.(gz|zst)$/.test(name))!,
    );
  },
};

const DAMAGES: Record<string, (path: string, name: string) => Promise<unknown>> = {
  "one bit flipped": flip,
  "cut by one byte": async (path) => truncate(path, (await stat(path)).size - 1),
  emptied: (path) => truncate(path, 0),
  grown: (path) => appendFile(path, "\n"),
  "swapped with another backup's": (path, name) => cp(join(pristine.other, name), path),
  missing: (path) => rm(path),
  "replaced by a link to what it was": async (path, name) => {
    await rename(path, join(home, "aside"));
    await symlink(join(pristine.one, name), path);
  },
};

async function flip(path: string): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  const at = Math.floor((await file.stat()).size / 2);
  await file.read(byte, 0, 1, at);
  byte[0]! ^= 1;
  await file.write(byte, 0, 1, at);
  await file.close();
}

const cases = Object.keys(FILES).flatMap((file) => Object.keys(DAMAGES).map((damage) => ({ file, damage })));

describe("a backup", () => {
  test("as it was made is good", async () => {
    await backups.verify(ONE);
    expect(await backups.listAll()).toMatchObject([{ id: ONE, state: "verified", problem: null }]);
  });

  test.each(cases)("with $file $damage", async ({ file, damage }) => {
    const name = await FILES[file]!();
    await DAMAGES[damage]!(join(paths.backup(ONE), name), name);
    const codes = expect.stringMatching(/^(backup-damaged|backup-foreign|file-unreadable)$/) as string;
    await expect(backups.verify(ONE)).rejects.toMatchObject({ code: codes });
    // From then on it is known without being read again, and no list and no run takes it for a good one.
    expect(await backups.listAll()).toMatchObject([{ id: ONE, state: expect.stringMatching(/damaged|foreign/) as string }]);
    expect(await backups.find(ONE)).toBeNull();
    await expect(backups.manifest(ONE)).rejects.toMatchObject({ code: codes });
  });

  test("that is gone is missed as soon as it was known", async () => {
    await backups.verify(ONE);
    await rm(paths.backup(ONE), { recursive: true });
    expect(await backups.listAll()).toMatchObject([{ id: ONE, state: "missing", problem: { code: "backup-missing" } }]);
    await backups.remove(ONE);
    expect(await backups.listAll()).toEqual([]);
  });

  test("that is found good again is no longer called damaged", async () => {
    const toc = join(paths.backup(ONE), "database/toc.dat");
    await flip(toc);
    await expect(backups.verify(ONE)).rejects.toMatchObject({ code: "backup-damaged" });
    await flip(toc);
    expect(await backups.listAll()).toMatchObject([{ state: "damaged" }]);
    await backups.verify(ONE);
    expect(await backups.listAll()).toMatchObject([{ state: "verified", problem: null }]);
  });
});
