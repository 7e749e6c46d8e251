import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, readdir, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { remove } from "../platform/files.ts";
import { claimFile, openFile } from "./open-file.ts";
import { presentFiles } from "./present.ts";
import { storeFile } from "./store-file.ts";

const PNG = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), randomBytes(3000)]);
const sha256 = createHash("sha256").update(PNG).digest("hex");
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-files-"));
});
afterEach(() => remove(folder));

/** Content in pieces, as it comes over a line. */
const pieces = (content: Buffer, size = 700) =>
  Readable.from(
    Array.from({ length: Math.ceil(content.length / size) }, (_, at) => content.subarray(at * size, (at + 1) * size)),
  );
const old = async (name: string) => utimes(join(folder, name), new Date(0), new Date(0));
const isYoung = async (name: string) => (await stat(join(folder, name))).mtimeMs > 1000;

test("content lies under its sha256, whole, and its type is what it is", async () => {
  const stored = await storeFile(folder, pieces(PNG, 5), { kind: "image" });
  expect(stored).toEqual({ sha256, bytes: PNG.length, contentType: "image/png" });
  expect(await readdir(folder)).toEqual([sha256]);
  const file = await openFile(folder, sha256);
  expect(file?.bytes).toBe(PNG.length);
  expect((await buffer(file!.stream)).equals(PNG)).toBe(true);
  expect(await claimFile(folder, sha256)).toEqual(stored);
  expect(await openFile(folder, "0".repeat(64))).toBeNull();
});

test("the same content again stays the file that it is, and is young again; so it is when it is named", async () => {
  await storeFile(folder, pieces(PNG), { kind: "image" });
  const { ino } = await stat(join(folder, sha256));
  await old(sha256);
  await storeFile(folder, pieces(PNG), { kind: "attachment" });
  expect([(await stat(join(folder, sha256))).ino, await isYoung(sha256)]).toEqual([ino, true]);
  await old(sha256);
  await claimFile(folder, sha256);
  expect(await isYoung(sha256)).toBe(true);
  expect((await presentFiles(folder)).map(({ name }) => name)).toEqual([sha256]);
});

test("what the disk damaged is whole again when somebody brings it once more", async () => {
  await writeFile(join(folder, sha256), PNG.with(7, 1));
  await storeFile(folder, pieces(PNG), { kind: "image" });
  expect((await readFile(join(folder, sha256))).equals(PNG)).toBe(true);
});

async function* cutOff() {
  yield PNG;
  await Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
}

test.each([
  ["too large for a picture", () => pieces(Buffer.concat([PNG, Buffer.alloc(10 * 1024 * 1024)])), {}, "file-too-large"],
  ["no picture", () => pieces(Buffer.from("<svg onload='alert(1)'/>")), {}, "image-unknown"],
  ["empty", () => pieces(Buffer.alloc(0)), {}, "file-empty"],
  ["more than the disk has room for", cutOff, {}, "files-full"],
  ["more than would leave the database its room", () => pieces(PNG), { reserveBytes: 1e15 }, "files-full"],
])("what is %s is refused, and nothing of it stays", async (_, content, limits, code) => {
  await expect(storeFile(folder, content(), { kind: "image", ...limits })).rejects.toMatchObject({ code });
  expect(await readdir(folder)).toEqual([]);
});

test("an upload that breaks off leaves nothing, and what was there stays", async () => {
  await storeFile(folder, pieces(PNG), { kind: "image" });
  const broken = Readable.from(
    (function* () {
      yield PNG.subarray(1);
      throw new Error("the line broke");
    })(),
  );
  await expect(storeFile(folder, broken, { kind: "attachment" })).rejects.toThrow("the line broke");
  expect(await readdir(folder)).toEqual([sha256]);
});

test("a folder that is not there is a problem in words", async () => {
  const away = join(folder, "away");
  await expect(storeFile(away, pieces(PNG), { kind: "image" })).rejects.toMatchObject({ code: "files-away" });
  expect(await presentFiles(away)).toEqual([]);
});

test("a link in the folder is not followed: the folder is the app's, and others read it with more rights", async () => {
  const secret = join(folder, "secret");
  await writeFile(secret, "the owner's password");
  await chmod(secret, 0o600);
  await symlink(secret, join(folder, sha256));
  await expect(openFile(folder, sha256)).rejects.toMatchObject({ code: "ELOOP" });
  await expect(claimFile(folder, sha256)).rejects.toMatchObject({ code: "ELOOP" });
});
