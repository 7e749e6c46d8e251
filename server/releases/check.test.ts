import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Farm } from "./testing/farm.ts";
import { makeFarm } from "./testing/farm.ts";
import { makeRelease } from "./testing/make-release.ts";

const HOUR_MS = 3_600_000;

function later(farm: Farm, hours: number): void {
  farm.clock.at = new Date(farm.clock.at.getTime() + hours * HOUR_MS);
}

async function publish(
  farm: Farm,
  version: string,
  otherwise: Omit<Parameters<typeof makeRelease>[2], "key"> = {},
): Promise<void> {
  await makeRelease(farm.folder, version, { key: farm.key, ...otherwise });
  farm.feed.publish(version);
}

const listings = (farm: Farm) => farm.asked.filter((line) => line.includes("/repos/")).length;

test("nothing is known before the first check, and nobody is asked for it", async () => {
  await using farm = await makeFarm();
  expect(await farm.checker.status()).toMatchObject({
    kind: "unknown",
    since: null,
    problem: { happened: "FilaOps has not looked for updates yet." },
  });
  expect(farm.asked).toEqual([]);
});

test("with nothing newer the version is current; a release that comes is found, with all that is needed to install it", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.0.0");
  expect(await farm.checker.check({ force: false })).toEqual({
    kind: "current",
    checkedAt: "2026-11-23T12:00:00.000Z",
    refused: [],
    stale: null,
  });
  await publish(farm, "1.1.0", { notes: "What is new" });
  const status = await farm.checker.check({ force: true });
  expect(status).toMatchObject({
    kind: "available",
    stale: null,
    release: { version: "1.1.0", notes: "What is new", url: `${farm.feed.url}/Blb3D/filaops/releases/tag/v1.1.0` },
  });
  expect(await farm.checker.status()).toEqual(status);
});

test("it asks once in six hours and a bit, and at once when forced", async () => {
  await using farm = await makeFarm();
  await farm.checker.check({ force: false });
  later(farm, 5.9);
  await farm.checker.check({ force: false });
  expect(listings(farm)).toBe(1);
  await farm.checker.check({ force: true });
  expect(listings(farm)).toBe(2);
  later(farm, 6);
  await farm.checker.check({ force: false });
  expect(listings(farm)).toBe(3);
});

test("many who check at once share one flight", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  const answers = await Promise.all(Array.from({ length: 50 }, () => farm.checker.check({ force: true })));
  expect(new Set(answers.map((status) => status.kind))).toEqual(new Set(["available"]));
  expect(listings(farm)).toBe(1);
});

// A page that is opened looks whether it is time; "Check now", pressed in the same moment, joined that and nobody was asked.
test("who forces does not join one who only looked whether it is time, and asks once all the same", async () => {
  await using farm = await makeFarm();
  await farm.checker.check({ force: true });
  await publish(farm, "1.1.0");
  const [looked, ...forced] = await Promise.all([
    farm.checker.check({ force: false }),
    farm.checker.check({ force: true }),
    farm.checker.check({ force: true }),
    farm.checker.check({ force: false }),
  ]);
  expect([looked, ...forced].map(({ kind }) => kind)).toEqual(["current", "available", "available", "available"]);
  expect(listings(farm)).toBe(2);
});

test("an unchanged list costs one short answer: documents that are known are not fetched again", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  await farm.checker.check({ force: true });
  farm.asked.length = 0;
  const etags: unknown[] = [];
  farm.intercept = (request) => {
    if (request.url?.includes("/repos/") === true) etags.push(request.headers["if-none-match"]);
    return false;
  };
  expect((await farm.restart().check({ force: true })).kind).toBe("available");
  expect(etags).toEqual([expect.stringMatching(/^W\/"/)]);
  expect(farm.asked.filter((line) => line.includes("release.json"))).toEqual([]);
  expect(farm.asked.filter((line) => line.startsWith("HEAD"))).not.toEqual([]);
});

test("a release that is withdrawn is no longer offered; one that is uploaded anew is verified anew", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  expect((await farm.checker.check({ force: true })).kind).toBe("available");
  farm.feed.withdraw("1.1.0");
  expect((await farm.checker.check({ force: true })).kind).toBe("current");
  await publish(farm, "1.1.0");
  await writeFile(join(farm.folder, "1.1.0", "release.json"), '{"product":"filaops","version":"1.1.0","evil":true}');
  expect(await farm.checker.check({ force: true })).toMatchObject({
    kind: "current",
    refused: [{ tag: "v1.1.0", problem: { code: "release-signature-wrong" } }],
  });
});

test("a token goes to the list, and nowhere else", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  await writeFile(farm.paths.feedToken, "secret-word\n");
  const seen = new Set<string>();
  farm.intercept = (request) => {
    if (request.headers.authorization !== undefined) {
      seen.add(`${request.url?.split("?")[0] ?? ""} ${request.headers.authorization}`);
    }
    return false;
  };
  await farm.checker.check({ force: true });
  expect([...seen]).toEqual(["/repos/Blb3D/filaops/releases Bearer secret-word"]);
  expect(await readFile(farm.paths.feedCache, "utf8")).not.toContain("secret-word");
});

test("the feed is silent: what was found before stays, with its age and the reason, until it answers again", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  await farm.checker.check({ force: true });
  farm.intercept = (request) => {
    request.socket.destroy();
    return true;
  };
  later(farm, 7);
  const since = farm.clock.at.toISOString();
  expect(await farm.checker.check({ force: false })).toMatchObject({
    kind: "available",
    checkedAt: "2026-11-23T12:00:00.000Z",
    release: { version: "1.1.0" },
    stale: {
      since,
      problem: { code: "feed-unreachable", happened: expect.stringContaining("could not ask 127.0.0.1:") as string },
    },
  });
  later(farm, 7);
  expect(await farm.restart().check({ force: false })).toMatchObject({ stale: { since } });
  farm.intercept = null;
  expect(await farm.checker.check({ force: true })).toMatchObject({ kind: "available", stale: null });
});

test("that there is nothing newer is not claimed for more than a day without an answer", async () => {
  await using farm = await makeFarm();
  await farm.checker.check({ force: true });
  await farm.feed.close();
  later(farm, 12);
  expect(await farm.checker.check({ force: true })).toMatchObject({
    kind: "current",
    stale: { problem: { code: "feed-unreachable" } },
  });
  later(farm, 13);
  expect(await farm.checker.check({ force: true })).toMatchObject({ kind: "unknown", since: "2026-11-23T12:00:00.000Z" });
});

test("what was cached is verified again: a cache that somebody edited offers nothing, one that is no cache is thrown away", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  await farm.checker.check({ force: true });
  const cache = await readFile(farm.paths.feedCache, "utf8");
  const forged = Buffer.from('{"product":"filaops"}').toString("base64");
  await writeFile(farm.paths.feedCache, cache.replace(/"manifest":"[^"]+"/, `"manifest":"${forged}"`));
  expect(await farm.restart().status()).toMatchObject({
    kind: "current",
    refused: [{ problem: { code: "release-signature-wrong" } }],
  });
  await writeFile(farm.paths.feedCache, "{ torn");
  expect(await farm.restart().status()).toMatchObject({ kind: "unknown", since: null });
});

test("without a key that can be read nothing is offered, and it is said", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  await writeFile(farm.paths.releaseKey, "lost");
  expect(await farm.checker.check({ force: true })).toMatchObject({
    kind: "unknown",
    problem: { code: "release-key-unreadable" },
  });
});

test("what was missed is told whether or not it can be installed, and with it the known issues of what is", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.0.0", { manifest: { knownIssues: ["Labels come out upside down."] } });
  await publish(farm, "1.1.0", { manifest: { expires: "2026-11-20T00:00:00Z", severity: "security", fixes: ["A hole."] } });
  await publish(farm, "2.0.0", { manifest: { node: { min: "99.0.0" }, publishedAt: "2026-11-10T00:00:00Z" } });
  await publish(farm, "2.1.0", { publication: { prerelease: true } });
  const status = await farm.checker.check({ force: true });
  expect(status).toMatchObject({ kind: "current", knownIssues: ["Labels come out upside down."] });
  expect(status.newer).toMatchObject([
    { version: "2.0.0", publishedAt: "2026-11-10T00:00:00Z", severity: "normal", fixes: [] },
    { version: "1.1.0", severity: "security", fixes: ["A hole."] },
  ]);
  farm.feed.withdraw("1.1.0");
  expect((await farm.checker.check({ force: true })).newer).toMatchObject([{ version: "2.0.0" }]);
  await farm.feed.close();
  later(farm, 31 * 24);
  expect(await farm.checker.check({ force: true })).toMatchObject({ kind: "unknown", newer: [{ version: "2.0.0" }] });
});
