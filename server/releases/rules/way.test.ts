import fc from "fast-check";
import { gte, lt } from "semver";
import { describe, expect, it } from "vitest";
import { testManifest } from "../testing/make-release.ts";
import type { Manifest, Release } from "../contract.ts";
import { manifestSchema } from "../contract.ts";
import { breakingOf, isMajorStep } from "./breaking.ts";
import type { Path, Standing } from "./path.ts";
import { passed, pathTo } from "./path.ts";

function release(version: string, manifest: Partial<Manifest> = {}): Release {
  const full = testManifest(version, { upgradeFrom: "0.0.1", minUpdater: "0.0.1", ...manifest });
  const { publishedAt } = full;
  return {
    version,
    prerelease: false,
    publishedAt,
    notes: "",
    url: null,
    archiveUrl: "http://feed/archive",
    bundle: false,
    manifest: full,
  };
}

const versionsOf = (path: Path) => (path.kind === "path" ? path.releases.map(({ version }) => version) : path.why);
const at = (version: string): Standing => ({ version, updater: version });
const listed = { breaking: [{ title: "Something", detail: "is no more." }] };

/** Why the way to a version breaks something, over which stops; `null` when it is an ordinary update. */
function judge(installed: string, target: string, releases: readonly Release[]) {
  const path = pathTo(target, releases, at(installed));
  if (path.kind === "none") return path.why;
  return breakingOf(installed, { path: path.releases, passed: passed(target, releases, installed) });
}

describe("a major step", () => {
  it.each([
    ["1.0.0", "1.0.1", false],
    ["1.0.0", "1.9.0", false],
    ["1.9.9", "2.0.0", true],
    ["1.0.0", "3.1.0", true],
    ["1.9.0", "2.0.0-rc.1", true],
    ["2.0.0-rc.1", "2.0.0", false],
    ["2.0.0-spool-tracking", "2.1.0-two-words", false],
    ["1.4.0-words-after-it", "2.0.0-words", true],
    ["1.0.0+build.5", "1.0.1+build.6", false],
    ["0.4.0", "0.4.9", false],
    ["0.4.9", "0.5.0", true],
    ["0.0.1", "0.0.2", false],
    ["0.9.0", "1.0.0", true],
    ["9.0.0", "10.0.0", true],
  ])("from %s to %s: %s", (from, to, is) => {
    expect(isMajorStep(from, to)).toBe(is);
  });
});

describe("a way", () => {
  it("within a major, of releases that list nothing, breaks nothing", () => {
    expect(judge("1.0.0", "1.2.0", [release("1.1.0"), release("1.2.0")])).toBeNull();
  });

  it("into another major does, also where the release lists nothing", () => {
    const releases = [{ version: "2.0.0", changes: [] }];
    expect(judge("1.0.0", "2.0.0", [release("2.0.0")])).toEqual({ reasons: ["major"], releases, notMigratable: [] });
  });

  it("within a major does when a release lists something, also one that is passed over", () => {
    const judged = judge("1.0.0", "1.2.0", [release("1.1.0", listed), release("1.2.0")]);
    expect(judged).toMatchObject({ reasons: ["listed"], releases: [{ version: "1.1.0", changes: [{ title: "Something" }] }] });
  });

  it("over a required stop does, and over several majors names each of them once, in order", () => {
    const releases = [release("3.0.0", { upgradeFrom: "2.9.0", ...listed }), release("2.9.0"), release("2.0.0", listed)];
    expect(versionsOf(pathTo("3.0.0", releases, at("1.0.0")))).toEqual(["2.9.0", "3.0.0"]);
    expect(judge("1.0.0", "3.0.0", releases)).toMatchObject({
      reasons: ["major", "listed", "stop"],
      releases: [{ version: "2.0.0" }, { version: "3.0.0" }],
    });
    expect(judge("1.0.0", "1.5.0", [release("1.5.0", { upgradeFrom: "1.4.0" }), release("1.4.0")])).toMatchObject({
      reasons: ["stop"],
      releases: [],
    });
  });

  it("does not count what is beyond the version that is wanted, or behind the installed one", () => {
    const releases = [release("0.9.0", listed), release("1.1.0"), release("2.0.0", listed)];
    expect(judge("1.0.0", "1.1.0", releases)).toBeNull();
  });

  it("carries the data over only if every step does, and goes over steps that do if it can", () => {
    const lost = { migratable: false };
    expect(judge("1.0.0", "2.0.0", [release("2.0.0", lost)])).toMatchObject({ notMigratable: ["2.0.0"] });
    expect(judge("1.0.0", "1.1.0", [release("1.1.0", lost)])).toMatchObject({ reasons: ["listed"], notMigratable: ["1.1.0"] });
    const far = release("3.0.0", { upgradeFrom: "2.0.0" });
    expect(judge("1.0.0", "3.0.0", [far, release("2.0.0", lost)])).toMatchObject({ notMigratable: ["2.0.0"] });
    // The release after it says that it carries over what the one before could not.
    expect(judge("1.0.0", "3.0.0", [far, release("2.0.0", lost), release("2.0.1")])).toMatchObject({ notMigratable: [] });
    expect(versionsOf(pathTo("3.0.0", [far, release("2.0.0"), release("2.1.0", lost)], at("1.0.0")))).toEqual(["2.0.0", "3.0.0"]);
  });

  it("that is none says why", () => {
    const far = release("3.0.0", { upgradeFrom: "2.0.0" });
    expect(judge("1.0.0", "3.0.0", [far])).toBe("needs-stop");
    expect(judge("1.0.0", "3.0.0", [release("3.0.0", { minUpdater: "2.0.0" })])).toBe("needs-newer-updater");
    expect(judge("1.0.0", "4.0.0", [far])).toBe("unknown");
    expect(judge("3.0.0", "3.0.0", [far])).toBe("unknown");
  });
});

describe("a path", () => {
  const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(2)).map((parts) => parts.join("."));
  const floor = fc.oneof({ weight: 2, arbitrary: fc.constant("0.0.0") }, { weight: 1, arbitrary: version });
  const any = fc.record({ version, upgradeFrom: floor, minUpdater: floor, migratable: fc.boolean() });
  const lists = fc.uniqueArray(any, { selector: (one) => one.version, maxLength: 12 });

  const opens = ({ manifest }: Release, standing: Standing) =>
    gte(standing.version, manifest.upgradeFrom) && gte(standing.updater, manifest.minUpdater);

  /** How few steps there can be, found by trying all of them; infinite when there is no way. */
  function fewest(target: Release, releases: readonly Release[], standing: Standing): number {
    if (opens(target, standing)) return 1;
    const stops = releases.filter(
      (one) => lt(standing.version, one.version) && lt(one.version, target.version) && opens(one, standing),
    );
    return 1 + Math.min(Infinity, ...stops.map((one) => fewest(target, releases, at(one.version))));
  }

  it("walks upwards to its end, each step open from the one before, in as few as can be, whatever is listed", () => {
    fc.assert(
      fc.property(lists, version, version, (list, installed, wanted) => {
        const releases = list.map((one) => release(one.version, one));
        const target = releases.find((one) => one.version === wanted);
        const path = pathTo(wanted, releases, at(installed));
        const carrying = releases.filter((one) => one === target || one.manifest.migratable);
        const possible = (among: readonly Release[]) =>
          target === undefined || !lt(installed, wanted) ? Infinity : fewest(target, among, at(installed));
        const least = possible(carrying) < Infinity ? possible(carrying) : possible(releases);
        expect(path.kind === "path" ? path.releases.length : Infinity).toBe(least);
        if (path.kind === "none") return;
        let standing = at(installed);
        for (const step of path.releases) {
          expect(lt(standing.version, step.version) && opens(step, standing)).toBe(true);
          standing = at(step.version);
        }
        expect(standing.version).toBe(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it("to a version that lies on the way of another is a part of what that one passes", () => {
    fc.assert(
      fc.property(lists, version, version, (list, installed, wanted) => {
        const releases = list.map((one) => release(one.version, one));
        const path = pathTo(wanted, releases, at(installed));
        if (path.kind === "none") return;
        const all = passed(wanted, releases, installed);
        for (const step of path.releases) expect(all).toContain(step);
        expect(all.at(-1)).toBe(path.releases.at(-1));
      }),
    );
  });
});

describe("what a release lists", () => {
  const entry = (otherwise: object) =>
    manifestSchema.safeParse({ ...testManifest("2.0.0"), breaking: [{ title: "t", detail: "d", ...otherwise }] }).success;

  it.each([
    ["what to do, and a link over https", { action: "Do it.", url: "https://filaops.example/2.0.0" }, true],
    ["a field that is not known yet", { since: "1.5.0" }, true],
    ["a link over http", { url: "http://filaops.example/" }, false],
    ["a link that runs", { url: "javascript:alert(1)" }, false],
    ["a link to nowhere", { url: "filaops" }, false],
  ])("may have %s: %j %s", (_what, otherwise, is) => {
    expect(entry(otherwise)).toBe(is);
  });
});
