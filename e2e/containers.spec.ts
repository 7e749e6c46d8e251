import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { openDockerStage } from "../scripts/demo-farm/docker-stage.ts";
import { FIRST, GOOD } from "../scripts/demo-farm/publish.ts";
import { readHandover } from "../server/deployment/handover.ts";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { fillSignIn, setUp } from "./fixture/people.ts";

/** The same click with Docker Compose: an empty folder, `docker compose up -d`, and everything else in the browser. */

test.describe.configure({ mode: "serial" });

let farm: Farm | undefined;
let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(600_000);
  farm = await openFarm({ seeded: false, published: [GOOD], versions: [FIRST, GOOD], open: openDockerStage });
  page = await (await browser.newContext({ baseURL: farm.url })).newPage();
});
test.afterAll(async () => {
  await farm?.close();
});

/** Chromium gives up what it loads when Docker makes or removes a network; whoever sits before it loads the page again. */
const visit = (path: string) => expect(() => page.goto(path)).toPass({ timeout: 30_000 });

test("the owner is set up in the browser, and updates with one click", { tag: "@docker" }, async () => {
  await visit("/");
  const owner = await setUp(page);
  await visit("/settings/updates");
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByRole("button", { name: "Update now" }).first().click();
  await expect(page.getByText(/checks? passed/)).toBeVisible();
  await page.getByRole("button", { name: `Update to ${GOOD}` }).click();
  await expect(page.getByRole("dialog").getByText(`FilaOps is now ${GOOD}.`)).toBeVisible({ timeout: 120_000 });

  await page.context().clearCookies();
  await visit("/settings/updates");
  await fillSignIn(page, owner.email, owner.password);
  await expect(page.getByRole("heading", { name: `You run ${GOOD}, the newest version.` })).toBeVisible();
  // Gate and updater follow last. What is being replaced cannot be taken away, as this test's end does.
  const handover = () => (farm === undefined ? null : readHandover(farm.paths));
  await expect.poll(handover, { timeout: 120_000 }).toMatchObject({ version: GOOD, state: "done" });
});
