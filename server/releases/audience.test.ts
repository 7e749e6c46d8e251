import { readFile, writeFile } from "node:fs/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { systemClock } from "../platform/clock.ts";
import { silentLog } from "../platform/log.ts";
import { placeOf } from "./place.ts";
import { isRolledOut } from "./rules/audience.ts";
import { readCheckSettings, writeCheckSettings } from "./settings.ts";
import type { Farm } from "./testing/farm.ts";
import { makeFarm } from "./testing/farm.ts";
import type { TestRelease } from "./testing/make-release.ts";
import { makeRelease } from "./testing/make-release.ts";

async function publish(farm: Farm, version: string, otherwise: TestRelease = {}): Promise<void> {
  await makeRelease(farm.folder, version, { key: farm.key, ...otherwise });
  farm.feed.publish(version);
}

const offeredTo = async (farm: Farm) => {
  const status = await farm.checker.check({ force: true });
  return status.kind === "available" ? [status.release.version, status.release.prerelease] : status.kind;
};

test("a pre-release is offered to who wants them, as what it is; what was missed is counted by stable ones", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  await publish(farm, "1.2.0", { publication: { prerelease: true } });
  expect(await offeredTo(farm)).toEqual(["1.1.0", false]);
  farm.settings = { ...farm.settings, channel: "beta" };
  expect(await offeredTo(farm)).toEqual(["1.2.0", true]);
  expect((await farm.checker.status()).newer).toMatchObject([{ version: "1.1.0" }]);
  farm.settings = { ...farm.settings, channel: "stable" };
  expect(await offeredTo(farm)).toEqual(["1.1.0", false]);
});

test("who runs a pre-release and goes back to stable ones waits for a newer one", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  farm.installed = { ...farm.installed, version: "1.2.0-rc.1" };
  expect(await offeredTo(farm)).toBe("current");
  await publish(farm, "1.2.0");
  expect(await offeredTo(farm)).toEqual(["1.2.0", false]);
});

test("a release for a part of all installations is offered to those, says so to the others, and they have missed nothing", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0", { manifest: { rollout: { percent: 0 } } });
  expect(await farm.checker.check({ force: true })).toMatchObject({
    kind: "current",
    refused: [{ tag: "1.1.0", problem: { code: "release-not-rolled-out" } }],
  });
  expect((await farm.checker.status()).newer).toBeUndefined();
  await publish(farm, "1.1.0", { manifest: { rollout: { percent: 100 } } });
  expect(await offeredTo(farm)).toEqual(["1.1.0", false]);
});

test("a tenth is about a tenth, another one for each release, and part of every larger part", () => {
  const farms = Array.from({ length: 4000 }, () => newUlid(systemClock));
  const chosen = (version: string, percent: number) =>
    new Set(farms.filter((farm) => isRolledOut({ percent }, placeOf(farm, version))));
  const [tenth, half, other] = [chosen("1.1.0", 10), chosen("1.1.0", 50), chosen("1.2.0", 10)];
  expect(tenth.size).toBeGreaterThan(300);
  expect(tenth.size).toBeLessThan(500);
  expect(tenth.difference(half).size).toBe(0);
  expect(tenth.intersection(other).size).toBeLessThan(100);
  expect([chosen("1.1.0", 0).size, chosen("1.1.0", 100).size]).toEqual([0, farms.length]);
});

test("with looking by itself switched off nobody is asked, but when a person presses the button", async () => {
  await using farm = await makeFarm();
  await publish(farm, "1.1.0");
  farm.settings = { ...farm.settings, automatic: false };
  expect((await farm.checker.check({ force: false })).kind).toBe("unknown");
  expect(farm.asked).toEqual([]);
  expect(await offeredTo(farm)).toEqual(["1.1.0", false]);
  farm.asked.length = 0;
  farm.clock.at = new Date(farm.clock.at.getTime() + 400 * 86_400_000);
  await farm.checker.check({ force: false });
  expect(farm.asked).toEqual([]);
});

test("what was set is kept; a file that cannot be read is as none, and stays as it is", async () => {
  const home = await mkdtemp(join(tmpdir(), "filaops-checks-"));
  try {
    const paths = homePaths(home);
    const first = { v: 1, channel: "stable", automatic: true };
    expect(await readCheckSettings(paths, silentLog)).toEqual(first);
    await writeCheckSettings(paths, { channel: "beta", automatic: false });
    expect(await readCheckSettings(paths, silentLog)).toEqual({ v: 1, channel: "beta", automatic: false });
    await writeFile(paths.checkSettings, "{ torn");
    expect(await readCheckSettings(paths, silentLog)).toEqual(first);
    expect(await readFile(paths.checkSettings, "utf8")).toBe("{ torn");
  } finally {
    await rm(home, { recursive: true });
  }
});
