import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { barOf, expectGoodLooks } from "./fixture/look.ts";
import { signIn } from "./fixture/people.ts";
import { untilEnded } from "./fixture/run.ts";

test.describe.configure({ mode: "serial" });

let farm: Farm;
let admin: Page;

test.beforeAll(async ({ browser }) => {
  farm = await openFarm({ seeded: true, published: ["1.2.0"] });
  admin = await signIn(browser, farm, "admin");
});
test.afterAll(async () => {
  await admin.context().close();
  await farm.close();
});

test("a release that does not work out: FilaOps goes back by itself and says what it means", async () => {
  await update(admin, "1.2.0");
  expect((await untilEnded(farm)).outcome).toBe("rolled_back");
  const dialog = admin.getByRole("dialog");
  await expect(dialog.getByText("The update did not work out, and FilaOps went back to 1.0.0 by itself.")).toBeVisible();
  await expect(dialog.getByText(/Nothing was lost: 4,000 orders before, 4,000 orders now\./)).toBeVisible();
  await expect(dialog.getByText("We will not try 1.2.0 again by ourselves.")).toBeVisible();
  await expect(dialog.getByText(/^Reason: /)).toBeVisible();
  await expectGoodLooks(admin, "the outcome of a roll-back");
});

test("a technician gets the details and a report", async () => {
  await admin.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await admin.getByRole("dialog").getByRole("button", { name: "Copy report for support" }).click();
  await expect(admin.getByText("The report is copied.", { exact: true }).first()).toBeVisible();
  const report = await admin.evaluate(() => navigator.clipboard.readText());
  expect(report).toContain("FilaOps update 1.0.0 -> 1.2.0: rolled_back");
  await admin.getByRole("dialog").getByRole("link", { name: "Show details" }).click();
  await expect(admin.getByRole("region", { name: "Log" }).getByRole("listitem").first()).toBeVisible();
});

test("the release that failed is not pressed on anybody, and can be tried again on purpose", async () => {
  await admin.goto("/orders");
  await expect(admin.getByRole("heading", { name: "Orders" })).toBeVisible();
  await expect(admin.getByText("FilaOps 1.2.0 is available")).toHaveCount(0);
  const bar = barOf(admin);
  await expect(bar).toContainText("went back to 1.0.0 by itself");
  await bar.getByRole("button", { name: "Got it" }).click();
  await expect(bar).toHaveCount(0);
  await admin.goto("/settings/updates");
  await expect(admin.getByRole("button", { name: "Try 1.2.0 again" })).toBeVisible();
  await expect(admin.getByRole("table", { name: "Updates so far" }).getByText("Went back by itself")).toBeVisible();
  await expectGoodLooks(admin, "settings, updates, after a roll-back");
});

test("the next good release is installed all the same", async () => {
  farm.feed.withdraw("1.2.0");
  farm.feed.publish("1.1.0");
  await update(admin, "1.1.0");
  expect((await untilEnded(farm)).outcome).toBe("complete");
  await expect(admin.getByRole("dialog").getByText("FilaOps is now 1.1.0.")).toBeVisible();
});

test("an update is undone with the password, after the numbers of what would be lost", async () => {
  await admin.goto("/customers/new");
  await admin.getByLabel("Name", { exact: true }).fill("Entered since");
  await admin.getByRole("button", { name: "Add customer" }).click();
  await expect(admin.getByRole("heading", { name: "Entered since" })).toBeVisible();

  await admin.goto("/settings/updates");
  await admin.getByRole("button", { name: "Undo update" }).first().click();
  const dialog = admin.getByRole("dialog", { name: "Go back to FilaOps 1.0.0?" });
  await expect(dialog.getByText("1 customer added")).toBeVisible();
  await expectGoodLooks(admin, "the question before an undo");
  await dialog.getByRole("button", { name: "Go back to 1.0.0" }).click();
  await expect(dialog.getByText("Please type your password.")).toBeVisible();
  await dialog.getByLabel("Your password").fill("not the password");
  await dialog.getByRole("button", { name: "Go back to 1.0.0" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Your password").fill(farm.signIn.password);
  await dialog.getByRole("button", { name: "Go back to 1.0.0" }).click();

  await expect(admin.getByRole("dialog").getByText("FilaOps is back on 1.0.0.")).toBeVisible({ timeout: 90_000 });
  await admin.goto("/customers?search=Entered+since");
  await expect(admin.getByText(/No customer|Nothing/i).first()).toBeVisible();
});

/** Looks for releases, presses the button and confirms. */
async function update(page: Page, version: string): Promise<void> {
  await page.goto("/settings/updates");
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByRole("button", { name: "Update now" }).click();
  await page.getByRole("button", { name: `Update to ${version}` }).click();
  await expect(page.getByRole("dialog", { name: `Updating FilaOps to ${version}` })).toBeVisible();
}
