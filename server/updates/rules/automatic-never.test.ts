import fc from "fast-check";
import { expect, test } from "vitest";
import { isMajorStep } from "../../releases/rules/breaking.ts";
import { announced, answered, hours, instant, listed, SETTINGS } from "../testing/automatic.ts";
import type { AutomaticFacts } from "./automatic.ts";
import { decideAutomatic } from "./automatic.ts";

const VERSIONS = ["1.0.1", "1.1.0", "1.2.0", "1.2.1-rc.1", "2.0.0"] as const;
const change = { title: "Labels are new", detail: "All of them." };
const problem = { code: "unexpected", happened: "No.", meaning: "Nothing.", todo: "Look." };
const mostly = (chance: number) => fc.integer({ min: 1, max: 100 }).map((dice) => dice <= chance);
/** Hours before or after the noon that all is counted from. */
const quarters = (min: number, max: number) => fc.integer({ min: min * 4, max: max * 4 }).map((count) => count / 4);

const twelfths = (min: number, max: number) => fc.integer({ min: min * 12, max: max * 12 }).map((count) => count / 12);

const releases = fc
  .record({
    age: quarters(100, 400),
    prerelease: mostly(6),
    breaks: mostly(10),
    lost: mostly(6),
    stop: mostly(8),
    bundle: mostly(8),
  })
  .chain((one) => fc.constantFrom(...VERSIONS, "1.1.0" as const, "1.1.0" as const).map((version) => ({ version, ...one })));

/** What lets an update begin comes so often that some do; what does not, often enough to be met alone and together. */
const oftenNull = <T>(other: fc.Arbitrary<T>) => fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, other);
const often = <T>(good: T, ...bad: T[]) => fc.oneof({ weight: 9, arbitrary: fc.constant(good) }, fc.constantFrom(...bad));

const world = fc.record({
  at: fc.oneof({ weight: 8, arbitrary: twelfths(14, 17) }, twelfths(10, 45)),
  missed: fc.uniqueArray(releases, { selector: ({ version }) => version, minLength: 1, maxLength: 3 }),
  announced: fc.constantFrom(...VERSIONS, "1.1.0", "1.1.0", "1.1.0", "1.1.0", null),
  announcedAt: fc.oneof({ weight: 9, arbitrary: quarters(-30, -9) }, quarters(-10, 20)),
  notBefore: oftenNull(quarters(10, 50)),
  triedNight: oftenNull(fc.constantFrom(14, 38)),
  checkedAgo: often(0.1, 1, 30, -2),
  stale: mostly(10),
  tried: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray([...VERSIONS], { maxLength: 2 })),
  busy: often<AutomaticFacts["busy"]>(null, "run", "person", "handover"),
  backup: often<AutomaticFacts["backup"]>("good", "overdue", "shrunk", "none-there"),
  capUntil: oftenNull(quarters(0, 50)),
  quietFor: often<number | null>(0.25, null, 0, 0.24, 5, -1),
  enabled: mostly(90),
});

type Drawn = typeof world extends fc.Arbitrary<infer T> ? T : never;

function factsOf(drawn: Drawn): AutomaticFacts {
  const known = answered(
    drawn.missed.map((release) => releaseOf(release)),
    instant(drawn.at - drawn.checkedAgo),
  );
  const { notBefore, triedNight, capUntil } = drawn;
  const later = {
    notBefore: notBefore === null ? null : instant(notBefore),
    tried: triedNight === null ? null : { night: instant(triedNight), problem },
  };
  return {
    releases: drawn.stale && known.kind !== "unknown" ? { ...known, stale: { since: instant(0), problem } } : known,
    ...{ installed: "1.0.0", updater: "1.0.0", highestCommitted: "1.0.0", tried: drawn.tried },
    ...{ busy: drawn.busy, backup: drawn.backup },
    cap: capUntil === null ? null : { level: "none", reason: "x", until: instant(capUntil), by: "Ada", setAt: instant(-99) },
    announcement: drawn.announced === null ? null : announced(drawn.announced, instant(drawn.announcedAt), later),
    lastWriteAt: drawn.quietFor === null ? null : instant(drawn.at - drawn.quietFor),
  };
}

function releaseOf({ version, age, prerelease, bundle, breaks, lost, stop }: Drawn["missed"][number]) {
  const { manifest } = listed(version);
  const said = { breaking: breaks ? [change] : [], migratable: !lost, upgradeFrom: stop ? "1.0.1" : "1.0.0" };
  return listed(version, { hoursOld: age, prerelease, bundle, manifest: { ...manifest, ...said } });
}

/** A decision to begin is right by what was drawn, said in another way than the rule says it. */
function expectRight(drawn: Drawn, version: string): void {
  const release = drawn.missed.find((one) => one.version === version);
  const order: readonly string[] = VERSIONS;
  const passedOver = drawn.missed.filter((one) => order.indexOf(one.version) <= order.indexOf(version));
  expect(drawn).toMatchObject({ enabled: true, stale: false, busy: null, backup: "good", announced: version });
  expect(release).toMatchObject({ prerelease: false, bundle: false, breaks: false, lost: false, stop: false });
  expect(passedOver.some(({ breaks }) => breaks)).toBe(false);
  expect(version).not.toContain("-");
  expect(isMajorStep("1.0.0", version)).toBe(false);
  expect((release?.age ?? 0) + drawn.at).toBeGreaterThanOrEqual(7 * 24);
  expect(drawn.tried).not.toContain(version);
  // 02:00 to 05:00 of Thursday or Friday, less ten minutes.
  const night = drawn.at < 38 ? 14 : 38;
  expect(drawn.at).toBeGreaterThanOrEqual(night);
  expect(drawn.at).toBeLessThanOrEqual(night + 3 - 1 / 6);
  expect(night - drawn.announcedAt).toBeGreaterThanOrEqual(24);
  expect(drawn.notBefore ?? 0).toBeLessThanOrEqual(night);
  expect(drawn.triedNight).not.toBe(night);
  expect(drawn.checkedAgo).toBe(0.1);
  expect(drawn.quietFor ?? 0).toBeGreaterThanOrEqual(0.25);
  expect(drawn.capUntil ?? 0).toBeLessThanOrEqual(drawn.at);
}

test("whatever the facts, nothing is begun that is not to be, nor when it is not to be", () => {
  let begun = 0;
  fc.assert(
    fc.property(world, (drawn) => {
      const now = hours(drawn.at);
      const facts = factsOf(drawn);
      const decision = decideAutomatic({ ...SETTINGS, enabled: drawn.enabled }, facts, now);
      if (decision.kind !== "start") return;
      begun += 1;
      expectRight(drawn, decision.version);
    }),
    { numRuns: 8000 },
  );
  // It has to be able to fail.
  expect(begun).toBeGreaterThan(50);
});
