import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { systemClock } from "../platform/clock.ts";
import { homePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { createBackups } from "./backups.ts";
import { verifyBackup } from "./verify.ts";

const nameOf = (content: string) => createHash("sha256").update(content).digest("hex");
const [PICTURE, DRAWING, NOBODYS] = ["a picture", "a drawing", "nobody's"];

let db: TestDatabase;
let paths: ReturnType<typeof homePaths>;
let backups: ReturnType<typeof createBackups>;

beforeAll(async () => {
  db = await createTestDatabase({ sql: "CREATE TABLE stored_files (sha256 text PRIMARY KEY, bytes int NOT NULL)" });
});
beforeEach(async () => {
  paths = homePaths(await mkdtemp(join(tmpdir(), "filaops-set-files-")));
  await mkdir(paths.files);
  const { binaries } = inject("postgres");
  const { owner: login } = db.logins;
  const names = { database: db.name, instanceKey: "key", applicationName: "filaops-test-set-files" };
  backups = createBackups({ paths, binaries, login, clock: systemClock, ...names });
  await db.query("owner", "DELETE FROM stored_files");
  for (const content of [PICTURE, DRAWING]) {
    await db.query("owner", `INSERT INTO stored_files VALUES ('${nameOf(content)}', ${content.length})`);
  }
  for (const content of [PICTURE, DRAWING, NOBODYS]) await writeFile(join(paths.files, nameOf(content)), content);
});
afterEach(() => rm(paths.home, { recursive: true }));
afterAll(() => db.close());

async function make(): Promise<string> {
  const id = newUlid(systemClock);
  await backups.create({ id, kind: "manual", run: null, version: "1.0.0", note: "" }, {});
  await backups.verify(id);
  return id;
}
const kept = (id: string, content: string) => join(paths.backup(id), "files", nameOf(content));

test("a backup holds what its database refers to, and nothing else; a later one shares it; nobody shares with the uploads", async () => {
  const [first, second] = [await make(), await make()];
  expect((await readdir(join(paths.backup(first), "files"))).toSorted()).toEqual([PICTURE, DRAWING].map(nameOf).toSorted());
  const [one, two] = [await stat(kept(first, PICTURE)), await stat(kept(second, PICTURE))];
  expect([one.nlink, two.ino]).toEqual([2, one.ino]);
  expect((await stat(join(paths.files, nameOf(PICTURE)))).ino).not.toBe(one.ino);
  expect(await readFile(join(paths.backup(second), "SHA256SUMS"), "utf8")).toContain(
    `${nameOf(DRAWING)}  files/${nameOf(DRAWING)}\n`,
  );
  expect(await backups.heldFiles()).toEqual(new Set([nameOf(PICTURE), nameOf(DRAWING)]));
  await backups.remove(first);
  await backups.verify(second);
});

test("what an earlier backup has no longer as it was is taken from the uploads again", async () => {
  const first = await make();
  await writeFile(kept(first, PICTURE), "spoiled  ");
  const second = await make();
  expect(await readFile(kept(second, PICTURE), "utf8")).toBe(PICTURE);
  await expect(verifyBackup({ paths, instanceKey: "key", binaries: inject("postgres").binaries }, first)).rejects.toMatchObject({
    code: "backup-damaged",
  });
});

test("a file that is gone, damaged or a link is told, and the backup of all else is good", async () => {
  await rm(join(paths.files, nameOf(PICTURE)));
  await symlink("/etc/hostname", join(paths.files, nameOf(PICTURE)));
  await writeFile(join(paths.files, nameOf(DRAWING)), "scribbled over");
  const id = await make();
  const lacking = [PICTURE, DRAWING].map(nameOf).toSorted();
  expect((await backups.find(id))?.lacking.toSorted()).toEqual(lacking);
  expect(await readdir(join(paths.backup(id), "files"))).toEqual([]);
});

test("what lacks among the uploads is put back, what is there and right stays, and nothing is written through a link", async () => {
  const id = await make();
  const { ino } = await stat(join(paths.files, nameOf(DRAWING)));
  const elsewhere = join(paths.home, "elsewhere");
  await writeFile(elsewhere, "not yours");
  await rm(join(paths.files, nameOf(PICTURE)));
  await symlink(elsewhere, join(paths.files, nameOf(PICTURE)));
  expect(await backups.putFilesBack(id)).toBe(1);
  expect(await readFile(join(paths.files, nameOf(PICTURE)), "utf8")).toBe(PICTURE);
  expect(await readFile(elsewhere, "utf8")).toBe("not yours");
  expect((await stat(join(paths.files, nameOf(DRAWING)))).ino).toBe(ino);
  expect(await backups.putFilesBack(id)).toBe(0);
  expect((await readdir(paths.files)).toSorted()).toEqual([PICTURE, DRAWING, NOBODYS].map(nameOf).toSorted());
});
