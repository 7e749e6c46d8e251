import { appendFile, mkdir, mkdtemp, readFile, readdir, rename, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exists, remove } from "../platform/files.ts";
import { run } from "../platform/process.ts";
import { packSet, packedBytes } from "./archive.ts";
import { sumFiles } from "./checksums.ts";
import { tarHeader } from "../platform/tar.ts";
import type { UnpackOptions } from "./unpack.ts";
import { unpackSet } from "./unpack.ts";

const ID = "01K0000000000000000000000A";
const HASH = "a".repeat(64);
const limits = { totalBytes: 4_000_000, entryBytes: 2_000_000, entries: 50 };

let work: string;
let into: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "filaops-archive-"));
  into = join(work, "fresh.partial");
});
afterEach(() => remove(work));

/** A set as the disk has it; its content is odd in size on purpose. */
async function makeSet(): Promise<string> {
  const folder = join(work, ID);
  await mkdir(join(folder, "database"), { recursive: true });
  await mkdir(join(folder, "files"));
  await writeFile(join(folder, "manifest.json"), '{"v":1}\n');
  await writeFile(join(folder, "SHA256SUMS"), "x".repeat(512));
  await writeFile(join(folder, "README.txt"), "");
  await writeFile(join(folder, "database", "toc.dat"), Buffer.alloc(700_001, 7));
  await writeFile(join(folder, "database", "3021.dat.gz"), "row");
  await writeFile(join(folder, "files", HASH), Buffer.alloc(1023, 1));
  return folder;
}

function unpack(archive: Buffer | Readable, more: Partial<UnpackOptions> = {}) {
  return unpackSet(archive instanceof Readable ? archive : Readable.from([archive]), { into, limits, ...more });
}

describe("a set in one archive", () => {
  test("comes out as it went in, always as the same bytes, of the size that was said, the manifest first", async () => {
    const folder = await makeSet();
    const archive = await buffer(packSet(folder));
    expect(archive.length).toBe(await packedBytes(folder));
    expect(await buffer(packSet(folder))).toEqual(archive);
    expect(archive.toString("latin1", 0, 40)).toBe(`${ID}/manifest.json`);
    const told: number[] = [];
    const unpacked = await unpack(archive, { declaredBytes: archive.length, onBytes: (bytes) => told.push(bytes) });
    expect(unpacked).toEqual({ bytes: archive.length, files: 6 });
    expect(told.at(-1)).toBe(archive.length);
    expect(await sumFiles(into)).toEqual(await sumFiles(folder));
    expect((await stat(into)).mode & 0o077).toBe(0);
    expect((await stat(join(into, "database", "toc.dat"))).mode & 0o777).toBe(0o600);
  });

  test("is read by the system's tar, and what that packs is taken, byte by byte too", async () => {
    const folder = await makeSet();
    await writeFile(join(work, "ours.tar"), await buffer(packSet(folder)));
    await mkdir(join(work, "theirs"));
    await run("tar", ["-xf", join(work, "ours.tar"), "-C", join(work, "theirs")]);
    expect(await sumFiles(join(work, "theirs", ID))).toEqual(await sumFiles(folder));
    for (const [format, from] of [
      ["gnu", ["-C", work, ID]],
      ["ustar", ["-C", work, `./${ID}`]],
      ["v7", ["-C", folder, "."]],
      ["ustar", ["-C", folder, "manifest.json", "database", "SHA256SUMS", "README.txt", "files"]],
    ] as const) {
      const path = join(work, "theirs.tar");
      await run("tar", [`--format=${format}`, "--transform=s,^\\./01,01,", "-cf", path, ...from]);
      const bytes = await readFile(path);
      const pieces = Readable.from(slices(bytes, 997));
      expect((await unpack(pieces)).files).toBe(6);
      expect(await sumFiles(into)).toEqual(await sumFiles(folder));
      await remove(into);
    }
  });

  test("is refused when its folder holds what no set does, or changes meanwhile", async () => {
    const folder = await makeSet();
    await appendFile(join(folder, "database", "toc.dat"), Buffer.alloc(5_000_000));
    await expect(readAndCut(packSet(folder), join(folder, "database", "toc.dat"))).rejects.toThrow(
      `The backup ${ID} is damaged: database/toc.dat changed while it was read`,
    );
    await writeFile(join(folder, "database", ".hidden"), "");
    await expect(buffer(packSet(folder))).rejects.toThrow(`The backup ${ID} is damaged: database/.hidden does not belong to it`);
    await remove(join(folder, "database", ".hidden"));
    await symlink("/etc/passwd", join(folder, "database", "toc.link"));
    await expect(packedBytes(folder)).rejects.toThrow("database/toc.link is neither a file nor a folder");
    await remove(join(folder, "database", "toc.link"));
    await rename(join(folder, "manifest.json"), join(work, "elsewhere"));
    await expect(buffer(packSet(folder))).rejects.toThrow("it has no manifest");
  });

  test("may hold a file of more than 8 GiB", () => {
    const header = tarHeader({ path: `${ID}/database/1.dat.gz`, bytes: 9 * 1024 ** 3, seconds: 0 });
    expect(() => tarHeader({ path: "x".repeat(101), bytes: 1, seconds: 0 })).toThrow("longer than 100 bytes");
    const huge = { totalBytes: 1e12, entryBytes: 1e12, entries: 9 };
    return expect(unpack(header, { limits: huge })).rejects.toThrow("it ends in the middle of a file");
  });
});

/** Reads into the middle of a file, cuts it, and reads on. */
async function readAndCut(stream: Readable, path: string): Promise<void> {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (bytes < 1_000_000 && bytes + chunk.length >= 1_000_000) await truncate(path, 100);
    bytes += chunk.length;
  }
}

/** One entry; `change` works on the header before its checksum is put right again. */
function entry(path: string, content = "", change: (header: Buffer) => void = () => undefined): Buffer {
  const header = tarHeader({ path: "x", bytes: Buffer.byteLength(content), seconds: 0 });
  header.fill(0, 0, 100);
  header.write(path, 0, 100, "latin1");
  change(header);
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = Buffer.from(content);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const type =
  (letter: string, link = "") =>
  (header: Buffer) => {
    header.write(letter, 156);
    header.write(link, 157);
  };
const archiveOf = (...entries: Buffer[]) => Buffer.concat([...entries, Buffer.alloc(1024)]);
const manifest = entry("manifest.json", "{}");
const size = (text: string) => (header: Buffer) => {
  header.fill(0, 124, 136);
  header.write(text, 124, "latin1");
};
const pax = (record: string) => entry("PaxHeader/x", `${record.length + 3} ${record}\n`, type("x"));

const attacks: [what: string, archive: Buffer, reason: string][] = [
  ["a way out of the folder", archiveOf(manifest, entry("../evil", "x")), "“../evil” does not belong"],
  ["a way out below the dump", archiveOf(manifest, entry("database/../../evil", "x")), "does not belong"],
  ["only dots as a name", archiveOf(manifest, entry("database/..", "x")), "“database/..” does not belong"],
  ["dots as the top folder", archiveOf(entry("../manifest.json", "{}")), "does not belong"],
  ["an absolute path", archiveOf(manifest, entry("/etc/cron.d/evil", "x")), "“/etc/cron.d/evil” does not belong"],
  ["an absolute path of a set", archiveOf(entry("/manifest.json", "{}")), "does not belong"],
  ["a backslash", archiveOf(manifest, entry("database\\..\\evil", "x")), "does not belong"],
  ["doubled slashes", archiveOf(manifest, entry("database//toc.dat", "x")), "does not belong"],
  ["a folder of its own", archiveOf(manifest, entry("scripts/", "", type("5"))), "“scripts” does not belong"],
  ["a folder two deep", archiveOf(manifest, entry("database/deep/", "", type("5"))), "does not belong"],
  ["a folder called as a file", archiveOf(entry("manifest.json/", "", type("5"))), "it has no manifest.json"],
  ["a folder with content", archiveOf(manifest, entry("database/", "x", type("5"))), "a folder in it has a content"],
  ["two top folders", archiveOf(entry("a/manifest.json", "{}"), entry("b/README.txt", "x")), "does not belong"],
  ["in a folder and beside it", archiveOf(entry("a/manifest.json", "{}"), entry("README.txt", "x")), "does not belong"],
  ["a name with a new line", archiveOf(manifest, entry("README.txt\n", "x")), "does not belong"],
  ["a name with a NUL in it", archiveOf(entry("manifest.json\0/../x", "{}")), "cannot be read"],
  ["a name that is not ASCII", archiveOf(manifest, entry("database/t\xf6c.dat", "x")), "“database/t?c.dat” does not belong"],
  ["hidden names", archiveOf(manifest, entry("database/._toc.dat", "x")), "does not belong"],
  ["upper case", archiveOf(entry("MANIFEST.JSON", "{}")), "does not belong"],
  ["the same twice", archiveOf(manifest, manifest), "“manifest.json” is in it twice"],
  ["the same twice by case", archiveOf(manifest, entry("database/a", "x"), entry("database/A", "y")), "is in it twice"],
  ["a file's hash in upper case", archiveOf(manifest, entry(`files/${"A".repeat(64)}`, "x")), "does not belong"],
  ["no hash", archiveOf(manifest, entry(`files/${"a".repeat(63)}`, "x")), "does not belong"],
  ["a link", archiveOf(manifest, entry("database/toc.dat", "", type("2", "/etc/passwd"))), "it holds a link"],
  ["a hard link", archiveOf(manifest, entry("database/toc.dat", "", type("1", "manifest.json"))), "it holds a hard link"],
  ["a file with a link's goal", archiveOf(manifest, entry("README.txt", "x", type("0", "/etc"))), "says too much"],
  ["a character device", archiveOf(manifest, entry("database/toc.dat", "", type("3"))), "it holds a device"],
  ["a block device", archiveOf(manifest, entry("database/toc.dat", "", type("4"))), "it holds a device"],
  ["a pipe", archiveOf(manifest, entry("database/toc.dat", "", type("6"))), "it holds a pipe"],
  ["a contiguous file", archiveOf(manifest, entry("database/toc.dat", "x", type("7"))), "an entry of unknown kind"],
  ["a sparse file", archiveOf(manifest, entry("database/toc.dat", "x", type("S"))), "it holds a sparse file"],
  ["a GNU long name", archiveOf(entry("././@LongLink", "../../evil", type("L")), manifest), "it holds a long name"],
  ["a GNU long link", archiveOf(entry("././@LongLink", "/etc", type("K")), manifest), "it holds a long name"],
  ["a PAX path", archiveOf(pax("path=../../evil"), manifest), "it holds an extended header"],
  ["a PAX size", archiveOf(pax("size=99999999999"), manifest), "it holds an extended header"],
  ["a global PAX header", archiveOf(entry("g", "15 path=../../a\n", type("g")), manifest), "it holds an extended header"],
  ["a ustar prefix", archiveOf(entry("manifest.json", "{}", (header) => header.write("../..", 345))), "says too much"],
  ["a GNU volume", archiveOf(entry("label", "", type("V")), manifest), "an entry of unknown kind"],
  ["a negative size", archiveOf(entry("manifest.json", "", size("\xff".repeat(12)))), "cannot be read"],
  ["a size beyond numbers", archiveOf(entry("manifest.json", "", size(`\x80\0\0\0${"\xff".repeat(8)}`))), "cannot be read"],
  ["a size that is no number", archiveOf(entry("manifest.json", "", size("0x1000"))), "cannot be read"],
  ["a size of 8 EiB", archiveOf(entry("manifest.json", "", size("\x80\0\0\0\x7f"))), "cannot be read"],
  [
    "a size of a terabyte",
    archiveOf(manifest, entry("database/a", "x", size("\x80\0\0\0\0\0\x01"))),
    "larger than 2000000 bytes",
  ],
  ["more than was let", archiveOf(manifest, entry("database/a", "x".repeat(2_000_001))), "larger than 2000000 bytes"],
  [
    "more in all than was let",
    archiveOf(manifest, ...["a", "b", "c"].map((name) => entry(`database/${name}`, "x".repeat(1_900_000)))),
    "it is larger than 4000000 bytes",
  ],
  [
    "too many files",
    archiveOf(manifest, ...Array.from({ length: 51 }, (_, n) => entry(`database/${n}`))),
    "it holds more than 50 files",
  ],
  ["a wrong checksum", archiveOf(manifest).fill("7", 148, 150), "it is not a tar archive, or it is damaged"],
  ["gzip", Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(2000, 5)]), "it is not a tar archive"],
  ["a picture", Buffer.alloc(3000, 0xa5), "it is not a tar archive"],
  ["nothing", Buffer.alloc(0), "it ends too early"],
  ["zeros only", Buffer.alloc(1024), "it has no manifest.json"],
  ["no manifest", archiveOf(entry("README.txt", "x")), "it has no manifest.json"],
  ["an end without an end", manifest, "it ends too early"],
  ["half an end", Buffer.concat([manifest, Buffer.alloc(512)]), "its end is not as it should be"],
  ["an end in the middle", Buffer.concat([manifest, Buffer.alloc(512), manifest]), "its end is not as it should be"],
  ["a second archive behind", Buffer.concat([archiveOf(manifest), archiveOf(manifest)]), "something comes after its end"],
  ["zeros without end", Buffer.concat([archiveOf(manifest), Buffer.alloc(1_100_000)]), "something comes after its end"],
  ["a file cut off", archiveOf(manifest, entry("database/a", "x".repeat(2000))).subarray(0, 2000), "in the middle of a file"],
];

describe("an archive that was made to do harm", () => {
  test.each(attacks)("%s: is refused, and nothing is left", async (_what, archive, reason) => {
    await writeFile(join(work, "bystander"), "as it was");
    await expect(unpack(archive)).rejects.toMatchObject({
      code: "archive-not-taken",
      message: expect.stringContaining(reason) as string,
      problem: { meaning: "Nothing of it was kept, and nothing was changed." },
    });
    expect(await readdir(work)).toEqual(["bystander"]);
  });

  test("is refused when it is not as long as was said", async () => {
    const archive = archiveOf(manifest);
    await expect(unpack(archive, { declaredBytes: archive.length + 1 })).rejects.toThrow("and has fewer");
    await expect(unpack(archive, { declaredBytes: archive.length - 1 })).rejects.toThrow("and has more");
    expect(await exists(into)).toBe(false);
  });

  test("never gets into a folder that is there already, nor through a link in its place", async () => {
    await mkdir(into);
    await writeFile(join(into, "mine"), "kept");
    await expect(unpack(archiveOf(manifest))).rejects.toThrow("EEXIST");
    expect(await readdir(into)).toEqual(["mine"]);
    await remove(into);
    await mkdir(join(work, "goal"));
    await symlink(join(work, "goal"), into);
    await expect(unpack(archiveOf(manifest))).rejects.toThrow("EEXIST");
    expect(await readdir(join(work, "goal"))).toEqual([]);
  });
});

describe("an upload that does not come to its end", () => {
  test("leaves nothing when it is cancelled or breaks off", async () => {
    const folder = await makeSet();
    const archive = await buffer(packSet(folder));
    const cancel = new AbortController();
    const stuck = new Readable({ read: () => undefined });
    stuck.push(archive.subarray(0, 300_000));
    const cancelled = unpack(stuck, {
      signal: cancel.signal,
      onBytes: () => {
        cancel.abort(new Error("by a person"));
      },
    });
    await expect(cancelled).rejects.toThrow("by a person");
    expect([stuck.destroyed, await exists(into)]).toEqual([true, false]);

    const broken = new Readable({ read: () => undefined });
    broken.push(archive.subarray(0, 300_000));
    const torn = () => broken.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    await expect(unpack(broken, { onBytes: torn })).rejects.toThrow("it broke off on its way");
    expect(await exists(into)).toBe(false);
  });
});

function* slices(bytes: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
