import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Release, ReleaseStatus } from "../releases/contract.ts";
import { testManifest } from "../releases/testing/make-release.ts";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import { statusOf } from "../updater/testing/fake-operations.ts";
import type { FakeService } from "../updater/testing/fake-service.ts";
import { serveFakeUpdater } from "../updater/testing/fake-service.ts";

const DAY_MS = 86_400_000;
const PUBLISHED = new Date("2026-11-01T00:00:00Z");

let farm: TestWeb;
let service: FakeService;
let now: Date;

beforeAll(async () => {
  farm = await createTestWeb();
  service = await serveFakeUpdater(farm);
  farm.web.clock = { ...farm.web.clock, now: () => now };
});
afterAll(async () => {
  await farm.close();
  await service.close();
});
beforeEach(async () => {
  service.renew();
  now = PUBLISHED;
  await farm.farm.query("owner", "UPDATE users SET update_dismissed_kind = NULL");
  await farm.farm.query("owner", "DELETE FROM settings");
});

/** What the updater knows: the releases of these versions, the newest first, of which the first is offered. */
function know(versions: string[], otherwise: Partial<Release["manifest"]> = {}, more: Partial<ReleaseStatus> = {}): void {
  const missed = versions.map((version): Release => {
    const manifest = testManifest(version, { publishedAt: PUBLISHED.toISOString(), ...otherwise });
    const publishedAt = manifest.publishedAt;
    return {
      version,
      prerelease: false,
      publishedAt,
      notes: "",
      url: null,
      archiveUrl: "http://feed/archive",
      bundle: false,
      manifest,
    };
  });
  const [release] = missed;
  const checkedAt = PUBLISHED.toISOString();
  const known = { checkedAt, refused: [], stale: null, ...more };
  const status = (
    release === undefined ? { kind: "current", ...known } : { kind: "available", release, missed, ...known }
  ) as ReleaseStatus;
  Object.assign(service.operations(), { releases: () => Promise.resolve(status), status: () => Promise.resolve(null) });
}

const owner = () => farm.caller("owner");
const admin = () => farm.caller("admin");
const after = (ms: number) => {
  now = new Date(PUBLISHED.getTime() + ms);
};

describe("a person who may update", () => {
  test("is told how far behind it is, and what was put right since", async () => {
    know(["1.2.0", "1.1.0"], { fixes: ["Totals are rounded as the tax office wants it."] });
    after(33 * DAY_MS);
    expect(await (await admin()).nag.state()).toMatchObject({
      notice: { level: "urgent", reason: "age", daysBehind: 33, versionsBehind: 2, newest: "1.2.0", hidden: null },
      offered: "1.2.0",
      impossible: null,
      issues: {
        kind: "fixed-since",
        list: expect.arrayContaining(["Totals are rounded as the tax office wants it."]) as unknown,
      },
      cap: null,
      checkedAt: PUBLISHED.toISOString(),
    });
  });

  test("is told of the known issues of what is installed, where it lists some", async () => {
    know(["1.1.0"], {}, { knownIssues: ["Labels come out upside down."] });
    expect((await (await admin()).nag.state()).issues).toEqual({ kind: "known", list: ["Labels come out upside down."] });
  });

  test("is told which hole is closed, and cannot skip that", async () => {
    know(["1.1.0"], { severity: "security", fixes: ["Whoever knew an order's number could read it."] });
    const caller = await admin();
    expect(await caller.nag.state()).toMatchObject({
      notice: { level: "warning", reason: "security", maySkip: false },
      closes: ["Whoever knew an order's number could read it."],
    });
    expect((await caller.nag.skip({ version: "1.1.0" })).notice.hidden).toBeNull();
  });

  test("puts it away for themselves, on all devices, and nobody else does not see it for that", async () => {
    know(["1.1.0"]);
    const [phone, desk] = [await admin(), await admin()];
    expect((await phone.nag.dismiss({ version: "1.1.0", kind: "later" })).notice.hidden).toEqual({
      by: "later",
      until: "2026-11-02T00:00:00.000Z",
    });
    expect((await desk.nag.state()).notice.hidden).not.toBeNull();
    expect((await (await owner()).nag.state()).notice.hidden).toBeNull();
    after(DAY_MS - 1);
    expect((await desk.nag.state()).notice.hidden).not.toBeNull();
    after(DAY_MS);
    expect((await desk.nag.state()).notice.hidden).toBeNull();
  });

  test("closes it for a week, and skips it until there is another", async () => {
    know(["1.1.0"]);
    const caller = await admin();
    expect((await caller.nag.dismiss({ version: "1.1.0", kind: "closed" })).notice.hidden?.until).toBe(
      "2026-11-08T00:00:00.000Z",
    );
    await caller.nag.skip({ version: "1.1.0" });
    after(400 * DAY_MS);
    expect((await caller.nag.state()).notice).toMatchObject({ level: "critical", hidden: { by: "skipped", until: null } });
    know(["1.2.0", "1.1.0"]);
    expect((await caller.nag.state()).notice.hidden).toBeNull();
  });

  test("with an old page does not put away what they have not seen", async () => {
    know(["1.2.0", "1.1.0"]);
    const caller = await admin();
    await caller.nag.dismiss({ version: "1.2.0", kind: "later" });
    expect((await caller.nag.dismiss({ version: "1.1.0", kind: "closed" })).notice.hidden).toMatchObject({ by: "later" });
    expect((await caller.nag.skip({ version: "1.1.0" })).notice.hidden).toMatchObject({ by: "later" });
  });

  test("changes nothing of the user by it", async () => {
    know(["1.1.0"]);
    const look = () => farm.farm.query("owner", `SELECT updated_at::text FROM users WHERE id = ${farm.ids.admin}`);
    const before = await look();
    await (await admin()).nag.dismiss({ version: "1.1.0", kind: "later" });
    expect(await look()).toEqual(before);
  });

  test("sees the notice when somebody wrote something else there by hand", async () => {
    know(["1.1.0"]);
    await farm.farm.query(
      "owner",
      "UPDATE users SET update_dismissed_kind = 'skipped', update_dismissed_version = 'all', update_dismissed_at = now()",
    );
    await farm.farm.query("owner", `INSERT INTO settings (key, value, updated_at) VALUES ('updateNoticeCap', '"none"', now())`);
    expect(await (await admin()).nag.state()).toMatchObject({ notice: { level: "subtle", hidden: null }, cap: null });
  });
});

describe("when no update can be made", () => {
  test("it says why, and what to do instead; the days count all the same", async () => {
    const problem = { code: "release-needs-node", happened: "It needs Node 26.", meaning: "", todo: "Install it." };
    const newer = [{ version: "2.0.0", publishedAt: PUBLISHED.toISOString(), url: null, severity: "normal" as const, fixes: [] }];
    know([], {}, { newer, refused: [{ tag: "2.0.0", problem }] });
    after(40 * DAY_MS);
    expect(await (await admin()).nag.state()).toMatchObject({ notice: { level: "urgent" }, offered: null, impossible: problem });
  });

  test("because a run needs a person, that is said first", async () => {
    know(["1.1.0"]);
    const status = () => Promise.resolve({ ...statusOf(), outcome: "needs_attention" });
    Object.assign(service.operations(), { status });
    expect((await (await admin()).nag.state()).impossible).toMatchObject({ code: "needs-person-first" });
  });

  test("because the one on offer did not work out here, that is said", async () => {
    know(["1.1.0"]);
    const installation = await service.operations().installation();
    Object.assign(service.operations(), { installation: () => Promise.resolve({ ...installation, failedVersions: ["1.1.0"] }) });
    expect(await (await admin()).nag.state()).toMatchObject({ failedBefore: true, impossible: null });
  });
});

describe("the owner's cap", () => {
  const wish = (days: number) => ({
    level: "subtle" as const,
    reason: "We update after the season.",
    until: new Date(PUBLISHED.getTime() + days * DAY_MS).toISOString(),
  });

  test("holds for everybody, says by whom and why, and ends", async () => {
    know(["1.1.0"]);
    await (await owner()).nag.setCap({ cap: wish(90) });
    after(89 * DAY_MS);
    expect(await (await admin()).nag.state()).toMatchObject({
      notice: { level: "subtle", reason: "capped", daysBehind: 89 },
      cap: { ...wish(90), by: "The owner" },
    });
    after(90 * DAY_MS);
    expect(await (await admin()).nag.state()).toMatchObject({ notice: { level: "critical" }, cap: null });
  });

  test("stays to be seen while a release that closes a hole is louder, and can be taken away", async () => {
    know(["1.1.0"], { severity: "security" });
    await (await owner()).nag.setCap({ cap: { ...wish(90), level: "none" } });
    expect(await (await owner()).nag.state()).toMatchObject({ notice: { level: "warning" }, cap: { level: "none" } });
    await (await owner()).nag.setCap({ cap: null });
    expect((await (await owner()).nag.state()).cap).toBeNull();
  });

  test.each([
    ["that has passed", 0],
    ["more than a year ahead", 367],
  ])("is not until a day %s", async (_what, days) => {
    await expect((await owner()).nag.setCap({ cap: wish(days) })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

test("looking asks the updater to ask the feed if it is time, and no more", async () => {
  await (await admin()).nag.look();
  const asked = service.operations().calls.map(([name]) => name);
  expect(asked).toEqual(["look"]);
});
