import fc from "fast-check";
import { compare } from "semver";
import { describe, expect, it } from "vitest";
import type { Manifest, Release } from "../contract.ts";
import { testManifest } from "../testing/make-release.ts";
import { readManifest } from "./manifest.ts";
import { limitedUntil, mayAsk, nextCheckAt } from "./pace.ts";
import type { Installed } from "./select.ts";
import { select } from "./select.ts";
import { versionOfTag } from "./tag.ts";

const NOW = new Date("2026-11-23T12:00:00Z");

describe("the version of a tag", () => {
  it.each([
    ["v2.1.0", "2.1.0"],
    ["2.1.0", "2.1.0"],
    ["v2.1.0-spool-tracking", "2.1.0-spool-tracking"],
    ["v2.1.0-rc.1+build.5", "2.1.0-rc.1+build.5"],
    ["vv2.1.0", null],
    ["V2.1.0", null],
    ["v2.1.0; rm -rf /", null],
    ["2.1.0\n", null],
    ["\n2.1.0", null],
    [" 2.1.0", null],
    ["../../etc", null],
    ["2.1.0/../../etc", null],
    ["9".repeat(300), null],
    [`1.0.${"9".repeat(300)}`, null],
    ["２.１.０", null],
    ["01.2.3", null],
    ["1.2.3-01", null],
    ["2.1", null],
    ["2.1.0.0", null],
    ["2.1.0\u0000", null],
    ["2.1.0-\u202egnp", null],
    ["", null],
    ["v", null],
  ])("%j is %j", (tag, version) => {
    expect(versionOfTag(tag)).toBe(version);
  });

  it("is never anything that a path or a shell would read otherwise, and can always be ordered", () => {
    const tags = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(..."v0123456789.-+ab/\\ \n".split("")) }),
      fc.stringMatching(/^v?\d+\.\d+\.\d+-[\w.]+$/),
    );
    fc.assert(
      fc.property(tags, (tag) => {
        const version = versionOfTag(tag);
        if (version === null) return;
        expect(version).toMatch(/^\d[0-9A-Za-z.+-]{0,63}$/);
        expect(compare(version, version)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a manifest", () => {
  const text = (otherwise: object) => JSON.stringify({ ...testManifest("1.1.0"), ...otherwise });
  it.each([
    ["fits", text({}), "read"],
    ["has fields that are not known yet", text({ novelty: 1 }), "read"],
    ["is of another product", text({ product: "printstack" }), "release-other-product"],
    ["is of another product and of another shape", '{"product":"printstack","version":"1.1.0"}', "release-other-product"],
    ["is of another version", text({ version: "1.2.0" }), "release-other-version"],
    ["is of the same version, otherwise written", text({ version: "v1.1.0" }), "release-other-version"],
    ["is of a shape to come", text({ schema: 2 }), "release-manifest-invalid"],
    [
      "names a file by a path",
      text({ archive: { name: "../evil", sha256: "0".repeat(64), bytes: 1 } }),
      "release-manifest-invalid",
    ],
    ["is not JSON", "<html>", "release-manifest-invalid"],
    ["is nothing", "null", "release-manifest-invalid"],
  ])("that %s", (_what, content, expected) => {
    const read = readManifest(content, "1.1.0");
    expect(read.kind === "read" ? "read" : read.refusal.code).toBe(expected);
  });
});

const HERE: Installed = { version: "1.0.0", highestCommitted: null, updaterVersion: "1.0.0", postgresMajor: 17, node: "24.21.0" };

function release(version: string, manifest: Partial<Manifest> = {}, prerelease = false): Release {
  const full = testManifest(version, manifest);
  return {
    version,
    prerelease,
    publishedAt: full.publishedAt,
    notes: "",
    url: null,
    archiveUrl: "http://feed/archive",
    bundle: false,
    manifest: full,
  };
}

function decide(releases: Release[], installed: Partial<Installed> = {}) {
  const { offered, missed, refused } = select(releases, { ...HERE, ...installed }, NOW);
  return [
    offered?.version ?? null,
    missed.map(({ version }) => version),
    refused.map(({ version, refusal }) => `${version} ${refusal.code}`),
  ];
}

/** The versions that are installed, one after another, for what is offered. */
function way(releases: Release[]): string[] {
  return select(releases, HERE, NOW).path.map(({ version }) => version);
}

describe("what is offered", () => {
  it("is nothing when nothing is newer", () => {
    expect(decide([release("1.0.0"), release("0.9.0")])).toEqual([null, [], []]);
  });
  it("is the newest, by version and not by place in the list; the others are missed", () => {
    expect(decide([release("1.2.0"), release("1.10.0"), release("1.9.0")])).toEqual(["1.10.0", ["1.10.0", "1.9.0", "1.2.0"], []]);
  });
  it("takes a pre-release from the feed's flag, not from the dash", () => {
    expect(decide([release("2.1.0-spool-tracking")])[0]).toBe("2.1.0-spool-tracking");
    expect(decide([release("1.1.0"), release("1.2.0", {}, true)])).toEqual(["1.1.0", ["1.1.0"], []]);
  });
  it("is the newest, over the stops that it asks for", () => {
    const far = release("3.0.0", { upgradeFrom: "2.0.0" });
    expect(decide([far, release("2.0.0"), release("1.5.0")])).toEqual(["3.0.0", ["3.0.0", "2.0.0", "1.5.0"], []]);
    expect(way([far, release("2.0.0"), release("1.5.0")])).toEqual(["2.0.0", "3.0.0"]);
    expect(way([far, release("2.1.0", { upgradeFrom: "1.5.0" }), release("1.6.0")])).toEqual(["1.6.0", "2.1.0", "3.0.0"]);
  });
  it("has an ordinary update beside it where it breaks something", () => {
    const ordinary = (releases: Release[]) => select(releases, HERE, NOW).ordinary?.version ?? null;
    const listed = { breaking: [{ title: "Something", detail: "is no more." }] };
    expect(ordinary([release("2.0.0"), release("1.1.0"), release("1.2.0")])).toBe("1.2.0");
    expect(ordinary([release("1.3.0", listed), release("1.2.0")])).toBe("1.2.0");
    expect(ordinary([release("1.3.0"), release("1.2.0")])).toBeNull();
    expect(ordinary([release("2.0.0")])).toBeNull();
  });
  it("says so when the stop is not listed, and offers what there is", () => {
    const far = release("3.0.0", { upgradeFrom: "2.0.0" });
    expect(decide([far])).toEqual([null, [], ["3.0.0 release-needs-stop"]]);
    expect(decide([far, release("1.5.0")])).toEqual(["1.5.0", ["1.5.0"], ["3.0.0 release-needs-stop"]]);
  });
  it("goes over a stop when a newer updater is wanted, for a stop renews it", () => {
    const picky = release("1.3.0", { minUpdater: "1.1.0" });
    expect(decide([picky])).toEqual([null, [], ["1.3.0 release-needs-newer-updater"]]);
    expect(decide([picky, release("1.1.0")])).toEqual(["1.3.0", ["1.3.0", "1.1.0"], []]);
    expect(way([picky, release("1.1.0")])).toEqual(["1.1.0", "1.3.0"]);
    expect(decide([picky], { updaterVersion: "1.1.0" })[0]).toBe("1.3.0");
  });
  it("is never below what was ever committed, and may be that very version again", () => {
    const after = { highestCommitted: "1.2.0" };
    expect(decide([release("1.1.0")], after)).toEqual([null, [], ["1.1.0 release-below-committed"]]);
    expect(decide([release("1.2.0")], after)[0]).toBe("1.2.0");
  });
  it("is, after a path was undone, the same path again: a stop below what was installed here once is no aim of its own", () => {
    const [far, stop] = [release("3.0.0", { upgradeFrom: "2.0.0" }), release("2.0.0")];
    const after = { highestCommitted: "3.0.0" };
    expect(decide([far, stop, release("1.5.0")], after)).toEqual([
      "3.0.0",
      ["3.0.0", "2.0.0"],
      ["1.5.0 release-below-committed"],
    ]);
    expect(decide([stop], after)).toEqual([null, [], ["2.0.0 release-below-committed"]]);
    expect(decide([release("3.0.0"), stop], after)).toEqual(["3.0.0", ["3.0.0"], ["2.0.0 release-below-committed"]]);
  });
  it.each<[string, Partial<Manifest>, string]>([
    ["that has expired", { expires: "2026-11-23T12:00:00Z" }, "release-expired"],
    ["for a newer Node", { node: { min: "26" } }, "release-needs-node"],
    ["for a newer PostgreSQL", { postgres: { min: 18, max: 20 } }, "release-needs-postgres"],
    ["for an older PostgreSQL", { postgres: { min: 13, max: 16 } }, "release-needs-postgres"],
  ])("is no release %s", (_what, manifest, code) => {
    expect(decide([release("1.1.0", manifest)])).toEqual([null, [], [`1.1.0 ${code}`]]);
  });
  it("does not judge the database's version when it could not be asked", () => {
    expect(decide([release("1.1.0", { postgres: { min: 18, max: 20 } })], { postgresMajor: null })[0]).toBe("1.1.0");
  });

  it("is always the newest that can be reached, and its first step can be installed from here, whatever is listed", () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join("."));
    const any = fc.record({ version, upgradeFrom: version, minUpdater: version });
    fc.assert(
      fc.property(fc.uniqueArray(any, { selector: (one) => one.version }), version, (list, at) => {
        const releases = list.map((one) => release(one.version, one));
        const { offered, path, missed, refused } = select(releases, { ...HERE, version: at, updaterVersion: at }, NOW);
        const newer = releases.filter((one) => compare(one.version, at) > 0);
        expect(missed.length + refused.length).toBe(newer.length);
        expect(missed.length > 0).toBe(offered !== null);
        if (offered === null) return;
        expect(missed[0]).toBe(offered);
        expect(path.at(-1)).toBe(offered);
        for (const floor of [path[0]!.manifest.upgradeFrom, path[0]!.manifest.minUpdater]) {
          expect(compare(at, floor)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe("the pace", () => {
  const pace = { nextCheckAt: "2026-11-23T14:00:00.000Z", notBefore: null };
  it("waits for its time, unless forced", () => {
    expect(mayAsk(pace, { force: false, checkHours: 6 }, NOW)).toEqual({ kind: "later" });
    expect(mayAsk(pace, { force: true, checkHours: 6 }, NOW)).toEqual({ kind: "ask" });
    expect(mayAsk(pace, { force: false, checkHours: 6 }, new Date(pace.nextCheckAt))).toEqual({ kind: "ask" });
    expect(mayAsk({ nextCheckAt: null, notBefore: null }, { force: false, checkHours: 6 }, NOW)).toEqual({ kind: "ask" });
  });
  it("waits when the feed said so, even when forced", () => {
    const limited = { nextCheckAt: null, notBefore: "2026-11-23T12:30:00.000Z" };
    expect(mayAsk(limited, { force: true, checkHours: 6 }, NOW)).toEqual({ kind: "limited", until: new Date(limited.notBefore) });
  });
  it("does not believe instants that a wrong clock wrote", () => {
    const absurd = { nextCheckAt: "2031-01-01T00:00:00.000Z", notBefore: "2031-01-01T00:00:00.000Z" };
    expect(mayAsk(absurd, { force: false, checkHours: 6 }, NOW)).toEqual({ kind: "ask" });
  });
  it("spreads the next check over a tenth more", () => {
    expect(nextCheckAt(NOW, 6, 0).toISOString()).toBe("2026-11-23T18:00:00.000Z");
    expect(nextCheckAt(NOW, 6, 0.5).toISOString()).toBe("2026-11-23T18:18:00.000Z");
  });
  it.each<[string, number, Record<string, string>, string | null]>([
    ["retry-after in seconds", 429, { "retry-after": "120" }, "2026-11-23T12:02:00.000Z"],
    ["retry-after as a date", 403, { "retry-after": "Mon, 23 Nov 2026 12:10:00 GMT" }, "2026-11-23T12:10:00.000Z"],
    [
      "an hour that is used up",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795438800" },
      "2026-11-23T13:00:00.000Z",
    ],
    ["429 without a word", 429, {}, "2026-11-23T12:01:00.000Z"],
    ["403 that is none of it", 403, { "x-ratelimit-remaining": "12" }, null],
    ["500", 500, { "retry-after": "120" }, null],
    ["a year", 429, { "retry-after": "31536000" }, "2026-11-24T12:00:00.000Z"],
    ["nonsense", 429, { "retry-after": "soon" }, "2026-11-23T12:01:00.000Z"],
  ])("understands %s", (_what, status, headers, until) => {
    expect(limitedUntil(status, headers, NOW)?.toISOString() ?? null).toBe(until);
  });
});
