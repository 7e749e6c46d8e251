import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Header } from "tar";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { toProblem } from "../platform/errors.ts";
import { homePaths } from "../platform/home.ts";
import type { Takes } from "./bundles.ts";
import type { PublicKey } from "./minisign.ts";
import { receiveBundle, prepareForBundles } from "./receive-bundle.ts";
import { makeBundle, tarOf } from "./testing/make-bundle.ts";
import { testKey } from "./testing/make-release.ts";

/** What an upload of a bundle makes of good ones, of damaged ones and of hostile ones. */

const SIGNATURE = "release.json.minisig";
const ARCHIVE = "filaops-1.1.0.tar.gz";
const IMAGE = "image-linux-amd64.tar";

let work: string;
let paths: ReturnType<typeof homePaths>;
let key: PublicKey;
let good: Buffer;
/** The contents of a good bundle, of another version's, and of the same one signed with another key. */
let parts: Record<string, Buffer>;
let other: Record<string, Buffer>;
let foreign: Record<string, Buffer>;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "filaops-bundles-"));
  const own = testKey().key;
  key = own;
  good = await readFile(await makeBundle(join(work, "own"), "1.1.0", { key: own }));
  parts = contentsOf(good);
  other = contentsOf(await readFile(await makeBundle(join(work, "own"), "1.2.0", { key: own })));
  foreign = contentsOf(await readFile(await makeBundle(join(work, "foreign"), "1.1.0", { key: testKey().key })));
});
beforeEach(async () => {
  paths = homePaths(await mkdtemp(join(work, "home-")));
});
afterAll(() => rm(work, { recursive: true }));

/** Every file of an archive by its name, read without our own reader. */
function contentsOf(archive: Buffer): Record<string, Buffer> {
  const contents: Record<string, Buffer> = {};
  for (let at = 0; at < archive.length - 1024;) {
    const { path = "", size = 0 } = new Header(archive, at);
    contents[path] = archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return contents;
}

const left = () => readdir(paths.bundles).catch(() => []);

function receive(content: Buffer, takes: Takes = { kind: "archive" }) {
  return receiveBundle({ paths, clock: systemClock, key, takes }, Readable.from([content]), { declaredBytes: content.length });
}

/** The code and the words of a refusal, after which nothing is left. */
async function refusal(content: Buffer, takes?: Takes): Promise<string> {
  const problem = await receive(content, takes).then(
    () => null,
    (error: unknown) => toProblem(error),
  );
  expect(await left()).toEqual([]);
  return problem === null ? "taken" : `${problem.code}: ${problem.happened}`;
}

function without(name: string): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(parts).filter(([path]) => path !== name));
}

function flipped(content: Buffer, at = Math.floor(content.length / 2)): Buffer {
  const copy = Buffer.from(content);
  copy[at]! ^= 1;
  return copy;
}

test("a good one gets the name of its version; the same again is here already, and nothing lies beside it", async () => {
  expect(await receive(good)).toEqual({ version: "1.1.0", origin: "new" });
  expect(await receive(good)).toEqual({ version: "1.1.0", origin: "here-already" });
  expect(await left()).toEqual(["filaops-1.1.0.bundle.tar"]);
  expect((await readFile(paths.bundle("1.1.0"))).equals(good)).toBe(true);
});

test("what an upload left behind whose updater was killed goes at the next start, and nothing else does", async () => {
  await receive(good);
  await writeFile(join(paths.bundles, ".01KAT5Y3G00000000000000000.partial"), "half of a bundle");
  await writeFile(join(paths.bundles, ".somebody's.partial"), "theirs");
  await prepareForBundles(paths);
  expect(await left()).toEqual([".somebody's.partial", "filaops-1.1.0.bundle.tar"]);
});

test("the same release bundled without its image takes the place of the one before", async () => {
  await receive(good);
  expect(await receive(await tarOf(without(IMAGE)))).toEqual({ version: "1.1.0", origin: "new" });
  expect(await left()).toEqual(["filaops-1.1.0.bundle.tar"]);
});

test("one that lacks what this installation needs is refused in words", async () => {
  expect(await refusal(await tarOf(without(IMAGE)), { kind: "image", platform: "linux/amd64" })).toMatch(
    /needs: an image for linux\/amd64/,
  );
  expect(await refusal(good, { kind: "image", platform: "linux/arm64" })).toMatch(/^bundle-not-for-here/);
  expect(await refusal(await tarOf(without(ARCHIVE)))).toMatch(/needs: the archive for an installation without containers/);
});

describe("each part of it", () => {
  test.each([
    ["release.json", /^release-signature-wrong/, /^bundle-refused: .* it has no release\.json\./, /^release-signature-wrong/],
    [SIGNATURE, /^release-(signature-wrong|signer-unknown)/, /it has no release\.json\.minisig/, /^release-signature-wrong/],
    [ARCHIVE, /^bundle-differs: .* another digest/, null, /^bundle-differs|^release-archive-differs/],
    [IMAGE, /^bundle-differs: .* of the image for linux\/amd64/, null, /^bundle-differs: .* it is not the image that was signed/],
  ] as const)("%s: a flipped bit, missing, of another version, of another key", async (name, bit, missing, swapped) => {
    expect(await refusal(await tarOf({ ...parts, [name]: flipped(parts[name]!) }))).toMatch(bit);
    if (missing !== null) expect(await refusal(await tarOf(without(name)))).toMatch(missing);
    const theirs = other[name] ?? other["filaops-1.2.0.tar.gz"]!;
    expect(await refusal(await tarOf({ ...parts, [name]: theirs }))).toMatch(swapped);
    // The same content by another key differs in its signature only.
    if (name === SIGNATURE) {
      expect(await refusal(await tarOf({ ...parts, [name]: foreign[name]! }))).toMatch(/^release-signer-unknown/);
    }
  });

  test("every byte of the image counts", async () => {
    const image = parts[IMAGE]!;
    const blobs = contentsOf(image);
    for (const [name, content] of Object.entries(blobs)) {
      const broken = await tarOf({ ...blobs, [name]: flipped(content) });
      expect([name, await refusal(await tarOf({ ...parts, [IMAGE]: broken }))]).toEqual([
        name,
        expect.stringMatching(/^bundle-differs/),
      ]);
    }
    const more = await tarOf({ ...blobs, "blobs/sha256/more": "more" });
    expect(await refusal(await tarOf({ ...parts, [IMAGE]: more }))).toMatch(/no part of the image/);
  });

  test("all of it, signed by somebody else, is refused as the feed's would be", async () => {
    expect(await refusal(await tarOf(foreign))).toMatch(
      /^release-signer-unknown: .* signed with a key that this FilaOps does not know/,
    );
  });
});

describe("a file that is not what it should be", () => {
  const entry = (type: "SymbolicLink" | "Link" | "CharacterDevice", path: string) => {
    const block = Buffer.alloc(512);
    new Header({ path, type, size: 0, mode: 0o644, linkpath: "/etc/passwd", mtime: new Date(0) }).encode(block, 0);
    return block;
  };
  const end = Buffer.alloc(1024);
  const body = () => good.subarray(0, good.length - 1024);

  test.each<[string, () => Buffer | Promise<Buffer>, RegExp]>([
    ["a picture", () => Buffer.from("\x89PNG".padEnd(5000, "x")), /it is not a tar archive/],
    ["nothing", () => Buffer.alloc(0), /it ends too early/],
    ["cut in the midst", () => good.subarray(0, good.length / 2), /it ends (too early|in the middle of a file)/],
    ["cut before its end", () => good.subarray(0, good.length - 1024), /it ends too early/],
    ["more behind its end", () => Buffer.concat([good, Buffer.from("more")]), /something comes after its end/],
    [
      "a name that climbs out",
      () => tarOf({ ...parts, "../evil": "evil" }),
      /holds \.\.\/evil, of which the release knows nothing/,
    ],
    ["a name that steers a terminal", () => tarOf({ ...parts, "\u001b[2J": "x" }), /holds \?\[2J/],
    ["a link", () => Buffer.concat([entry("SymbolicLink", "notes.md"), good]), /it holds a link/],
    ["a hard link", () => Buffer.concat([entry("Link", "notes.md"), good]), /it holds a hard link/],
    ["a device", () => Buffer.concat([entry("CharacterDevice", "notes.md"), good]), /it holds a device/],
    ["two release.json", () => Buffer.concat([body(), body(), end]), /it holds release\.json twice/],
    ["a release.json without end", () => tarOf({ ...parts, "release.json": Buffer.alloc(1e6) }), /release\.json in it is larger/],
    [
      "neither archive nor image",
      () => tarOf({ "release.json": parts["release.json"]!, [SIGNATURE]: parts[SIGNATURE]! }),
      /neither the archive nor an image/,
    ],
    ["a publication.json that is none", () => tarOf({ ...parts, "publication.json": "{" }), /is not JSON/],
    ["a header that is damaged", () => flipped(good, 20), /it is not a tar archive, or it is damaged/],
  ])("%s", async (_, make, words) => {
    expect(await refusal(await make())).toMatch(words);
  });

  test("a film, by its first block, and one that says another size", async () => {
    let read = 0;
    const film = Readable.from(
      (function* () {
        for (read = 0; read < 1000; read += 1) yield Buffer.alloc(64 * 1024, 7);
      })(),
    );
    await expect(receiveBundle({ paths, clock: systemClock, key, takes: { kind: "archive" } }, film)).rejects.toMatchObject({
      code: "bundle-refused",
    });
    expect(read).toBeLessThan(100);
    const options = { declaredBytes: good.length + 1 };
    await expect(
      receiveBundle({ paths, clock: systemClock, key, takes: { kind: "archive" } }, Readable.from([good]), options),
    ).rejects.toMatchObject({ code: "bundle-refused" });
    expect(await left()).toEqual([]);
  });

  test("one whose sender goes away", async () => {
    const gone = new AbortController();
    const endless = Readable.from(
      (function* () {
        yield good.subarray(0, 2000);
        gone.abort(new Error("the sender went away"));
        yield good.subarray(2000);
      })(),
    );
    const receiving = receiveBundle({ paths, clock: systemClock, key, takes: { kind: "archive" } }, endless, {
      signal: gone.signal,
    });
    await expect(receiving).rejects.toThrow("the sender went away");
    expect(await left()).toEqual([]);
  });
});
