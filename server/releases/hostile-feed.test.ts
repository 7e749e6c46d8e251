import { rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { download } from "../platform/http.ts";
import type { ReleaseStatus } from "./contract.ts";
import type { SecretKey } from "./minisign.ts";
import { signContent } from "./minisign.ts";
import type { Farm, Intercept } from "./testing/farm.ts";
import { makeFarm } from "./testing/farm.ts";
import type { TestRelease } from "./testing/make-release.ts";
import { makeRelease, testKey } from "./testing/make-release.ts";

/** Answers the list, and leaves all else to the feed. */
function listAnswers(answer: (response: ServerResponse) => void): Intercept {
  return (request, response) => {
    if (request.url?.startsWith("/repos/") !== true) return false;
    answer(response);
    return true;
  };
}

async function publish(farm: Farm, version: string, otherwise: TestRelease & { key?: SecretKey } = {}): Promise<void> {
  await makeRelease(farm.folder, version, { key: farm.key, ...otherwise });
  farm.feed.publish(version);
}

/** What a person is told about the only release that is listed. */
function refusal(status: ReleaseStatus): string {
  if (status.kind !== "current" || status.refused.length !== 1) return JSON.stringify(status);
  const problem = status.refused[0]!.problem;
  expect(problem.meaning).toMatch(/your data is untouched|others are listed/);
  expect(problem.todo).not.toBe("");
  return problem.happened;
}

const MiB = 1024 * 1024;
const releaseOf = (otherwise: object) => ({
  tag_name: "v9.0.0",
  draft: false,
  prerelease: false,
  body: "",
  assets: [],
  ...otherwise,
});

test.each<[string, (response: ServerResponse) => void, RegExp]>([
  ["bad JSON", (r) => r.end('[{"tag_name": "v1.1'), /answered with something that is not a list of releases: it is not JSON\.$/],
  [
    "a web page with 200",
    (r) => r.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Sign in to the hotel</title>"),
    /not a list of releases: it is a web page\.$/,
  ],
  ["JSON that is no list", (r) => r.end('{"message": "hello"}'), /not a list of releases: it is JSON, but no list\.$/],
  ["nothing at all", (r) => r.end(), /not a list of releases: it is not JSON\.$/],
  ["a 304 that nobody asked for", (r) => r.writeHead(304).end(), /not a list of releases: it answered HTTP 304\.$/],
  ["a 500", (r) => r.writeHead(500).end(), /could not ask .* for updates: it has a fault of its own \(HTTP 500\)\.$/],
  ["a 404", (r) => r.writeHead(404).end("{}"), /refused to list the releases \(HTTP 404\)\.$/],
  ["a 401", (r) => r.writeHead(401).end("{}"), /refused to list the releases \(HTTP 401\)\.$/],
  ["a 403 without a word", (r) => r.writeHead(403).end("{}"), /refused to list the releases \(HTTP 403\)\.$/],
  [
    "10 MB of notes",
    (r) => r.end(JSON.stringify([releaseOf({ body: "x".repeat(10 * MiB) })])),
    /answered with more than 5 MiB, which is more than such an answer may have\.$/,
  ],
  [
    "a redirect to a cloud's secrets",
    (r) => r.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
    /^FilaOps does not fetch from 169\.254\.169\.254: it lies in a range that never holds releases/,
  ],
  [
    "a redirect to a file",
    (r) => r.writeHead(302, { location: "file:///etc/passwd" }).end(),
    /^FilaOps does not fetch from file:: only https and http are fetched\.$/,
  ],
  ["a lost connection", (r) => r.destroy(), /could not ask .* for updates: .* could not be reached/],
])("the list is %s: it is said, and nothing is claimed", async (_what, answer, sentence) => {
  await using farm = await makeFarm();
  farm.intercept = listAnswers(answer);
  const status = await farm.checker.check({ force: true });
  expect(status).toMatchObject({
    kind: "unknown",
    since: null,
    problem: { happened: expect.stringMatching(sentence) as string },
  });
  expect(await farm.restart().status()).toEqual(status);
});

test.each<[string, number, Record<string, string>, string, string]>([
  ["429 with Retry-After", 429, { "retry-after": "1800" }, "2026-11-23 12:30", "2026-11-23T12:30:01Z"],
  [
    "403 with a used-up hour",
    403,
    { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795438800" },
    "2026-11-23 13:00",
    "2026-11-23T13:00:01Z",
  ],
])("%s: it waits as long as it is told, even when somebody presses the button", async (_what, code, headers, until, after) => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  farm.intercept = listAnswers((response) => response.writeHead(code, headers).end("{}"));
  const limited = await farm.checker.check({ force: true });
  expect(limited).toMatchObject({
    kind: "unknown",
    problem: { happened: `${farm.feed.url.slice(7)} was asked too often and wants us to wait until ${until} UTC.` },
  });
  farm.intercept = null;
  expect(await farm.restart().check({ force: true })).toEqual(limited);
  expect(farm.asked).toHaveLength(1);
  farm.clock.at = new Date(after);
  expect((await farm.checker.check({ force: true })).kind).toBe("available");
});

test.each([
  "v2.1.0; rm -rf /",
  "2.1.0\n",
  "../../etc",
  "9".repeat(300),
  `2.1.${"9".repeat(300)}`,
  "２.１.０",
  "01.2.3",
  "",
  "v2.1.0\u0000",
])("a release with the tag %j is not offered and its files are not asked for", async (tag) => {
  await using farm = await makeFarm();
  await publish(farm, "2.1.0", { publication: { tag } });
  const status = await farm.checker.check({ force: true });
  expect(refusal(status)).toBe("A release is listed whose name is not a version.");
  expect(farm.asked).toHaveLength(1);
});

test.each<[string, TestRelease | ((farm: Farm) => Promise<void>), string]>([
  ["unsigned", (farm) => drop(farm, "release.json.minisig"), "Release 1.1.0 is not signed."],
  ["without a description", (farm) => drop(farm, "release.json"), "Release 1.1.0 has no release.json."],
  ["without its archive", (farm) => drop(farm, "filaops-1.1.0.tar.gz"), "Release 1.1.0 has no file filaops-1.1.0.tar.gz."],
  [
    "signed by another key",
    (farm) => publish(farm, "1.1.0", { key: testKey().key }),
    "Release 1.1.0 is signed with a key that this FilaOps does not know.",
  ],
  [
    "signed and then changed",
    (farm) => change(farm, "release.json", "\n"),
    "The signature of release 1.1.0 does not belong to what it says.",
  ],
  [
    "signed with a page",
    (farm) => change(farm, "release.json.minisig", "<html>"),
    "The signature of release 1.1.0 does not belong to what it says.",
  ],
  ["of another version than its tag", { publication: { tag: "v1.3.0" } }, "What is listed as release 1.3.0 was signed as 1.1.0."],
  ["expired", { manifest: { expires: "2026-11-22T00:00:00Z" } }, "The offer of release 1.1.0 ended on 2026-11-22."],
  [
    "described by 300 KiB",
    { manifest: { fixes: Array.from({ length: 700 }, () => "x".repeat(450)) } },
    "The signed description of release 1.1.0 could not be fetched: 127.0.0.1:PORT answered with more than 256 KiB, which is more than such an answer may have.",
  ],
  [
    "of an archive of another size",
    { manifest: { archive: { name: "filaops-1.1.0.tar.gz", sha256: "0".repeat(64), bytes: 999 } } },
    "The archive of release 1.1.0 has 16 bytes; the one that was signed has 999.",
  ],
])("a release that is %s is not offered", async (_what, made, sentence) => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0", typeof made === "function" ? {} : made);
  if (typeof made === "function") await made(farm);
  const status = await farm.checker.check({ force: true });
  expect(refusal(status).replace(/:\d{4,5} /, ":PORT ")).toBe(sentence);
});

async function drop(farm: Farm, name: string): Promise<void> {
  await rm(join(farm.folder, "1.1.0", name));
}

async function change(farm: Farm, name: string, added: string): Promise<void> {
  await writeFile(join(farm.folder, "1.1.0", name), added, { flag: "a" });
}

test("a release that is signed for another product is not offered", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  const content = Buffer.from('{"schema":1,"product":"printstack","version":"1.1.0"}');
  await writeFile(join(farm.folder, "1.1.0", "release.json"), content);
  await writeFile(join(farm.folder, "1.1.0", "release.json.minisig"), signContent(content, farm.key, "printstack 1.1.0"));
  const status = await farm.checker.check({ force: true });
  expect(refusal(status)).toBe("What is listed as release 1.1.0 is signed for another product than FilaOps.");
});

test("a release that is older than what was ever committed here is not offered", async () => {
  await using farm = await makeFarm();
  farm.installed.highestCommitted = "1.2.0";
  await publish(farm, "1.1.0");
  const status = await farm.checker.check({ force: true });
  expect(refusal(status)).toBe("Release 1.1.0 is older than 1.2.0, which was already installed here once.");
});

test("drafts and pre-releases are passed over in silence", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0", { publication: { draft: true } });
  await publish(farm, "1.2.0", { publication: { prerelease: true } });
  expect(await farm.checker.check({ force: true })).toMatchObject({ kind: "current", refused: [] });
});

test("an archive that is of another size where it lies than in the list is not announced", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  farm.intercept = (request, response) => {
    if (request.method !== "HEAD") return false;
    response.writeHead(200, { "content-length": 5 }).end();
    return true;
  };
  const status = await farm.checker.check({ force: true });
  expect(refusal(status)).toBe("The archive of release 1.1.0 has 5 bytes; the one that was signed has 16.");
});

test("an archive that does not answer is not announced, and is when it does", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  farm.intercept = (request, response) => {
    if (request.method !== "HEAD") return false;
    response.writeHead(404).end();
    return true;
  };
  const status = await farm.checker.check({ force: true });
  expect(refusal(status)).toMatch(
    /^The archive of release 1\.1\.0 cannot be fetched: .* refused to give the file \(HTTP 404\)\.$/,
  );
  farm.intercept = null;
  expect((await farm.checker.check({ force: true })).kind).toBe("available");
});

test.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://10.0.0.7/release.json",
  "https://evil.example/release.json",
  "file:///etc/passwd",
])("files that are said to lie at %s are not fetched", async (url) => {
  await using farm = await makeFarm();
  const assets = ["release.json", "release.json.minisig"].map((name, id) => ({ id, name, size: 10, browser_download_url: url }));
  farm.intercept = listAnswers((response) => response.end(JSON.stringify([releaseOf({ assets })])));
  const status = await farm.checker.check({ force: true });
  expect(refusal(status)).toMatch(/^The signed description of release 9\.0\.0 could not be fetched: FilaOps does not fetch from/);
  expect(farm.asked).toHaveLength(1);
});

test("files that lead on to a cloud's secrets are not fetched", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  farm.intercept = (request, response) => {
    if (request.url?.startsWith("/storage/") !== true) return false;
    response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();
    return true;
  };
  const status = await farm.checker.check({ force: true });
  expect(refusal(status)).toMatch(/could not be fetched: FilaOps does not fetch from 169\.254\.169\.254/);
});

test("an archive whose content is not the signed one is not kept", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  const status = await farm.checker.check({ force: true });
  if (status.kind !== "available") throw new Error(status.kind);
  await writeFile(join(farm.folder, "1.1.0", "filaops-1.1.0.tar.gz"), "archive of 6.6.6"); // as long as the real one
  const { archiveUrl, manifest } = status.release;
  const target = join(farm.paths.home, "archive");
  await expect(download(archiveUrl ?? "", target, manifest.archive)).rejects.toThrow(
    /is not the one that was signed: its SHA-256 digest differs\.$/,
  );
});

test("one entry that is no release does not hide the others, and is named", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  const real = (await (await fetch(`${farm.feed.url}/repos/Blb3D/filaops/releases`)).json()) as unknown[];
  const odd = [null, 7, [], { tag_name: 9 }, { tag_name: "v3.0.0", assets: "none" }, releaseOf({ assets: [{ id: "x" }] })];
  farm.intercept = listAnswers((response) => response.end(JSON.stringify([...odd, ...real])));
  const status = await farm.checker.check({ force: true });
  if (status.kind !== "available") throw new Error(status.kind);
  expect(status.release.version).toBe("1.1.0");
  expect(status.refused.map(({ problem }) => problem.happened)).toEqual([
    ...Array.from({ length: 3 }, () => "The list has an entry that is not a release: its shape is unknown."),
    "The list has an entry that is not a release: tag_name is missing or wrong.",
    "The list has an entry that is not a release: assets is missing or wrong.",
    "Release 9.0.0 has no release.json.",
  ]);
});

test("notes of a megabyte are cut, with a mark, and a page that is no page is left out", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  const [real] = (await (await fetch(`${farm.feed.url}/repos/Blb3D/filaops/releases`)).json()) as object[];
  const hostile = { ...real, body: "x".repeat(MiB), html_url: "javascript:alert(1)" };
  farm.intercept = listAnswers((response) => response.end(JSON.stringify([hostile])));
  const status = await farm.checker.check({ force: true });
  if (status.kind !== "available") throw new Error(status.kind);
  expect(status.release.notes.length).toBe(64 * 1024);
  expect(status.release.notes.endsWith("…")).toBe(true);
  expect(status.release.url).toBeNull();
});
