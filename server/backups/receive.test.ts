import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { systemClock } from "../platform/clock.ts";
import { homePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { createBackups } from "./backups.ts";

let db: TestDatabase;
let homes: string[];

beforeAll(async () => {
  db = await createTestDatabase({ sql: "CREATE TABLE orders (id serial PRIMARY KEY); INSERT INTO orders DEFAULT VALUES" });
});
beforeEach(() => {
  homes = [];
});
afterEach(async () => {
  for (const home of homes) await rm(home, { recursive: true });
});
afterAll(() => db.close());

async function installation(instanceKey: string) {
  const home = await mkdtemp(join(tmpdir(), "filaops-receive-"));
  homes.push(home);
  const paths = homePaths(home);
  const { binaries } = inject("postgres");
  const { owner: login } = db.logins;
  const names = { database: db.name, instanceKey, applicationName: "filaops-test-receive" };
  const backups = createBackups({ paths, binaries, login, clock: systemClock, ...names });
  return { paths, backups, left: () => readdir(paths.backups) };
}

async function makeOne(backups: ReturnType<typeof createBackups>): Promise<string> {
  const id = newUlid(systemClock);
  await backups.create({ id, kind: "manual", run: null, version: "1.0.0", note: "before lunch" }, {});
  return id;
}

test("a backup that was downloaded comes back as what it was, and a second time it is here already", async () => {
  const { backups, left } = await installation("key");
  const id = await makeOne(backups);
  const { stream, bytes } = await backups.pack(id);
  const archive = await buffer(stream);
  expect(archive.length).toBe(bytes);
  const before = await backups.find(id);
  await backups.remove(id);
  expect(await backups.receive(Readable.from([archive]), { declaredBytes: bytes })).toEqual({ id, origin: "ours" });
  expect(await backups.find(id)).toEqual(before);
  await backups.verify(id);
  expect(await backups.receive(Readable.from([archive]))).toEqual({ id, origin: "here-already" });
  expect((await left()).toSorted()).toEqual([id, `${id}.label.json`]);
});

test("one from another installation is foreign, and of use only when the operator has adopted it", async () => {
  const [theirs, mine] = [await installation("their key"), await installation("my key")];
  const archive = await buffer((await theirs.backups.pack(await makeOne(theirs.backups))).stream);
  const { id, origin } = await mine.backups.receive(Readable.from([archive]));
  expect(origin).toBe("foreign");
  expect(await mine.backups.listAll()).toMatchObject([{ id, state: "foreign", problem: { code: "backup-foreign" } }]);
  await expect(mine.backups.manifest(id)).rejects.toMatchObject({ code: "backup-foreign" });
  await mine.backups.adopt(id);
  await mine.backups.verify(id);
  expect(await mine.backups.find(id)).toMatchObject({ id, note: "before lunch", kind: "manual" });
  // It is of use, and still nothing that we made: restoring goes by that.
  expect(await mine.backups.isForeign(id)).toBe(true);
  const manifest = join(mine.paths.backup(id), "manifest.json");
  await writeFile(manifest, (await readFile(manifest, "utf8")).replace("before lunch", "before dinner"));
  expect(await mine.backups.listAll()).toMatchObject([{ id, state: "foreign" }]);
});

test.each([
  ["a picture", (_archive: Buffer) => Buffer.from("\x89PNG\r\n\x1a\n not an archive".padEnd(2000)), "archive-not-taken"],
  ["cut off", (archive: Buffer) => archive.subarray(0, archive.length / 2), "archive-not-taken"],
  [
    "with one flipped bit in the dump",
    (archive: Buffer) => {
      const at = archive.indexOf("PGDMP") + 200;
      archive[at]! ^= 1;
      return archive;
    },
    "backup-damaged",
  ],
])("what is %s is refused, and nothing of it stays", async (_, spoil, code) => {
  const { backups, left } = await installation("key");
  const id = await makeOne(backups);
  const archive = await buffer((await backups.pack(id)).stream);
  await backups.remove(id);
  await expect(backups.receive(Readable.from([spoil(archive)]))).rejects.toMatchObject({ code });
  expect(await left()).toEqual([]);
});

test("a foreign one whose manifest was written for another product, or for files that are not in it, is refused", async () => {
  const [theirs, mine] = [await installation("their key"), await installation("my key")];
  const id = await makeOne(theirs.backups);
  const manifest = join(theirs.paths.backup(id), "manifest.json");
  for (const text of ['{"product":"another"}', "not even JSON"]) {
    await writeFile(manifest, text);
    const archive = await buffer((await theirs.backups.pack(id)).stream);
    await expect(mine.backups.receive(Readable.from([archive]))).rejects.toMatchObject({ code: "file-unreadable" });
  }
  expect(await mine.left()).toEqual([]);
});
