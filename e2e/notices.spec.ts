import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import type { PublisherPlaces } from "../scripts/demo-farm/places.ts";
import { copyReleases, publishedDaysAgo } from "./fixture/dated-releases.ts";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { expectGoodLooks } from "./fixture/look.ts";
import { callProcedure, signIn } from "./fixture/people.ts";
import { shoot } from "./fixture/shoot.ts";

test.describe.configure({ mode: "serial" });

const ISSUE = "Labels for boxes come out upside down when the order has a discount.";
const HOLE = "Whoever knew the number of an order could read it without signing in.";
/** A page with little on it: what is looked at is the banner. */
const QUIET = "/settings/account";

let folder: string;
let releases: PublisherPlaces;
let farm: Farm;
let owner: Page;

test.beforeAll(async ({ browser }) => {
  folder = await mkdtemp(join(tmpdir(), "filaops-dated-"));
  releases = await copyReleases(folder, ["1.0.0", "1.1.0"]);
  await publishedDaysAgo(releases, "1.0.0", { days: 90, knownIssues: [ISSUE] });
  farm = await openFarm({ seeded: true, published: ["1.0.0", "1.1.0"], released: releases });
  owner = await signIn(browser, farm, "owner");
});
test.afterAll(async () => {
  await owner.context().close();
  await farm.close();
  await rm(folder, { recursive: true });
});

const bannerOf = (page: Page) => page.getByRole("region", { name: "Update available" });

/** As if 1.1.0 had come so many days ago, and the feed had been asked since. */
async function age(days: number, otherwise: Parameters<typeof publishedDaysAgo>[2] = { days }): Promise<void> {
  await publishedDaysAgo(releases, "1.1.0", { severity: "normal", ...otherwise, days });
  const checked = await callProcedure(owner.context(), farm, { path: "updates.check", method: "POST" });
  expect(checked.status).toBe(200);
}

test("it grows with the days: calm at first, unmistakable at the end, there from the start, readable in both themes", async () => {
  const levels = [
    { days: 1, says: ["FilaOps 1.1.0 is available", "Rush orders have a status of their own."], cross: "Hide for 7 days" },
    { days: 9, says: ["FilaOps 1.1.0 is available", "You are 1 version behind, for 9 days."], cross: "Hide until tomorrow" },
    {
      days: 32,
      says: ["You are 1 version behind, for 32 days.", "Known issues may affect you:", ISSUE],
      cross: "Hide until tomorrow",
    },
    { days: 62, says: ["FilaOps is 1 version behind, for 62 days", ISSUE], cross: null },
  ];
  for (const { days, says, cross } of levels) {
    await age(days);
    const answer = await owner.goto(QUIET);
    // Before any script has run, so that nothing moves when they do.
    const html = ((await answer?.text()) ?? "").replaceAll("<!-- -->", "");
    for (const text of says) {
      expect(html.includes(text), `${days} days: the page comes with “${text}”`).toBe(true);
      await expect(bannerOf(owner).getByText(text)).toBeVisible();
    }
    await expect(bannerOf(owner).getByRole("button", { name: /^Hide/ })).toHaveCount(cross === null ? 0 : 1);
    if (cross !== null) await expect(bannerOf(owner).getByRole("button", { name: cross })).toBeVisible();
    for (const name of ["Update now", "Later"]) await expect(bannerOf(owner).getByRole("button", { name })).toBeVisible();
    await expect(bannerOf(owner).getByRole("link", { name: "What’s new" })).toBeVisible();
    await expectGoodLooks(owner, `the banner after ${days} days`);
    await shoot(owner, `notice-${days}-days`, "/orders");
  }
});

test("a release that closes a hole says which, from the first day", async () => {
  await age(0, { days: 0, severity: "security", fixes: [HOLE] });
  await owner.goto(QUIET);
  await expect(bannerOf(owner).getByText("FilaOps 1.1.0 closes a security hole")).toBeVisible();
  await expect(bannerOf(owner).getByText(HOLE)).toBeVisible();
});

test("after signing in there is a dialog when it is critical, for those who can act; Later puts it away on all their devices, for them alone", async ({
  browser,
}) => {
  await age(62);
  const desk = await signIn(browser, farm, "admin");
  const dialog = desk.getByRole("dialog", { name: "FilaOps is 1 version behind, for 62 days" });
  await expect(dialog.getByText(ISSUE)).toBeVisible();
  await expectGoodLooks(desk, "the dialog after signing in");
  await desk.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(bannerOf(desk)).toBeVisible();
  // A reload is no signing in.
  await desk.reload();
  await expect(bannerOf(desk)).toBeVisible();
  await expect(dialog).toBeHidden();

  const phone = await signIn(browser, farm, "admin", { viewport: { width: 360, height: 740 } });
  await phone.getByRole("dialog").getByRole("button", { name: "Later" }).click();
  await expect(phone.getByRole("dialog")).toBeHidden();
  await expect.poll(() => hiddenFor(phone)).toBe("later");
  await desk.goto("/orders");
  await expect(desk.getByRole("heading", { name: "Orders" })).toBeVisible();
  await expect(bannerOf(desk)).toHaveCount(0);
  await owner.goto(QUIET);
  await expect(bannerOf(owner)).toBeVisible();

  const staff = await signIn(browser, farm, "staff");
  await expect(bannerOf(staff)).toHaveCount(0);
  await expect(staff.getByRole("dialog")).toHaveCount(0);
  expect((await callProcedure(staff.context(), farm, { path: "nag.state", method: "GET" })).status).toBe(403);
  for (const page of [desk, phone, staff]) await page.context().close();
});

test("the owner holds notices back until a day, with a reason that stays to be seen, and lets them go again", async () => {
  await owner.goto("/settings/updates");
  await owner.getByRole("button", { name: "Hold back" }).click();
  const dialog = owner.getByRole("dialog", { name: "Hold notices back" });
  await dialog.getByRole("button", { name: "Hold back" }).click();
  await expect(dialog.getByText("Please choose a day.")).toBeVisible();
  await dialog.getByLabel("Until and with").fill(new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10));
  await dialog.getByLabel("Why?").fill("We update after the season.");
  await dialog.getByRole("button", { name: "Hold back" }).click();
  await expect(dialog).toBeHidden();
  const card = owner.getByRole("region", { name: "How you are told" });
  await expect(card.getByText("“We update after the season.”")).toBeVisible();
  await expectGoodLooks(owner, "settings, updates, with notices held back");
  await owner.goto(QUIET);
  await expect(bannerOf(owner).getByText("FilaOps 1.1.0 is available")).toBeVisible();
  await owner.goto("/settings/updates");
  await card.getByRole("button", { name: "Tell as usual again" }).click();
  await expect(card.getByText("after the season")).toHaveCount(0);
});

test("updates that begin by themselves are switched on by keyboard, told a day before on every page, and put off for a night", async () => {
  await age(30);
  await owner.goto("/settings/updates");
  const card = owner.getByRole("region", { name: "Automatic updates" });
  await expect(card.getByText("FilaOps installs nothing by itself")).toBeVisible();
  await card.getByRole("button", { name: "Change automatic updates" }).press("Enter");
  const dialog = owner.getByRole("dialog", { name: "Automatic updates" });
  await dialog.getByLabel("Install new versions by itself").press("Space");
  await dialog.getByLabel("Days a version has to be out").fill("2");
  await dialog.getByLabel("Days a version has to be out").press("Enter");
  await expect(dialog.getByText("Please enter a whole number from 3 to 60.")).toBeVisible();
  await expect(dialog.locator("[aria-invalid=true]")).toBeFocused();
  await expectGoodLooks(owner, "the dialog of automatic updates");
  await dialog.getByLabel("Days a version has to be out").fill("7");
  await dialog.getByLabel("Days a version has to be out").press("Enter");
  await expect(dialog).toBeHidden();
  await expect(card.getByText("FilaOps updates itself between 02:00 and 05:00")).toBeVisible();
  // The updater would announce it within 20 seconds.
  const announcement = { v: 1, version: "1.1.0", announcedAt: new Date().toISOString(), notBefore: null, tried: null };
  await writeFile(farm.paths.announcement, JSON.stringify(announcement));

  await owner.goto(QUIET);
  const sentence = bannerOf(owner).getByText(
    /^Version 1\.1\.0 will be installed in the night to \w+day, \d+ \w+, between 02:00 and 05:00\.$/,
  );
  await expect(sentence).toBeVisible();
  await expectGoodLooks(owner, "the banner with an update that will begin by itself");
  const before = await sentence.innerText();
  await bannerOf(owner).getByRole("button", { name: "Not tonight" }).press("Enter");
  await expect(sentence).not.toHaveText(before);
  const after = await sentence.innerText();
  await owner.goto("/settings/updates");
  await expect(card.getByText(after)).toBeVisible();
  await expectGoodLooks(owner, "settings, updates, with an update that will begin by itself");
  await shoot(owner, "automatic-updates", "/settings/updates");
});

test("a version that is skipped is told of no more", async () => {
  await owner.goto("/settings/updates");
  await owner.getByRole("button", { name: "Skip this version" }).click();
  await expect(owner.getByText("You skip 1.1.0. You are told again when there is another version.")).toBeVisible();
  await expect.poll(() => hiddenFor(owner)).toBe("skipped");
  await owner.goto(QUIET);
  await expect(owner.getByRole("heading", { name: "Settings" })).toBeVisible();
  await expect(bannerOf(owner)).toHaveCount(0);
  // But what will begin by itself is.
  const announced = owner.getByRole("region", { name: "Update announced" });
  await expect(announced.getByRole("button", { name: "Not tonight" })).toBeVisible();
  await expectGoodLooks(owner, "the banner of an announced update alone");
});

async function hiddenFor(page: Page): Promise<string | undefined> {
  const { body } = await callProcedure(page.context(), farm, { path: "nag.state", method: "GET" });
  return /"hidden":\{"by":"(\w+)"/.exec(body)?.[1];
}
