import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import type { PublicStatus, StepName } from "../server/updates/contract.ts";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { barOf, expectGoodLooks } from "./fixture/look.ts";
import { callProcedure, signIn } from "./fixture/people.ts";
import { lookAtRun } from "./fixture/processes.ts";
import { untilEnded } from "./fixture/run.ts";

test.describe.configure({ mode: "serial" });

const NEW_STATUS = "Rush: next free printer";
let farm: Farm;
let owner: Page;
let admin: Page;
let staff: Page;

test.beforeAll(async ({ browser }) => {
  farm = await openFarm({ seeded: true, published: ["1.1.0"] });
  [owner, admin, staff] = [
    await signIn(browser, farm, "owner"),
    await signIn(browser, farm, "admin"),
    await signIn(browser, farm, "staff"),
  ];
});
test.afterAll(async () => {
  for (const page of [owner, admin, staff]) await page.context().close();
  await farm.close();
});

test("the ERP's own pages look good before", async () => {
  // A few rows are as good as a full page, and are looked through in a fraction of the time.
  const lists = ["/orders?search=O-0399", "/customers?search=Novak", "/items?search=TPU"];
  for (const path of ["/", ...lists, "/orders/new", "/customers/new", "/settings/users"]) {
    await owner.goto(path);
    await expect(owner.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(owner.getByText(/^Loading/)).toHaveCount(0);
    await expectGoodLooks(owner, path);
  }
});

test("Check now finds the release; its notes are there, and the way to them", async () => {
  await owner.goto("/settings/updates");
  await owner.getByRole("button", { name: "Check now" }).click();
  await expect(owner.getByRole("heading", { name: "FilaOps 1.1.0 is available. You run 1.0.0." })).toBeVisible();
  await expect(owner.getByText("Rush orders have a status of their own.")).toBeVisible();
  await expect(owner.getByRole("link", { name: /View release notes/ })).toHaveAttribute("rel", "noopener noreferrer nofollow");
  await expectGoodLooks(owner, "settings, updates, with a release");
});

test("staff sees neither notice nor page, and the procedures themselves say no", async () => {
  await staff.goto("/orders");
  await expect(staff.getByRole("heading", { name: "Orders" })).toBeVisible();
  await expect(staff.getByText(/1\.1\.0|Update now/)).toHaveCount(0);
  await staff.goto("/settings");
  await expect(staff.getByRole("link", { name: "Updates" })).toHaveCount(0);
  await staff.goto("/settings/updates");
  await expect(staff.getByRole("button", { name: "Check now" })).toHaveCount(0);

  const calls = [
    { path: "updates.overview", method: "GET" as const },
    { path: "updates.plan", method: "POST" as const, input: { version: "1.1.0" } },
    { path: "updates.check", method: "POST" as const },
  ];
  for (const call of calls) {
    expect({ path: call.path, status: (await callProcedure(staff.context(), farm, call)).status }).toEqual({
      path: call.path,
      status: 403,
    });
  }
});

test("the banner is there from the start, and the confirmation can be reached and left by the keyboard", async () => {
  await admin.goto("/orders");
  const banner = admin.getByRole("region", { name: "Update available" });
  await expect(banner.getByText("FilaOps 1.1.0 is available")).toBeVisible();
  await expectGoodLooks(admin, "orders with the banner");

  const button = banner.getByRole("button", { name: "Update now" });
  await button.focus();
  await admin.keyboard.press("Enter");
  const dialog = admin.getByRole("dialog", { name: "Update FilaOps to 1.1.0?" });
  await expect(dialog.getByText(/checks? passed/)).toBeVisible();
  await expect(dialog.getByText("Your data will be backed up automatically.")).toBeVisible();
  await expect(dialog.getByText("there is no measurement yet")).toBeVisible();
  await expectGoodLooks(admin, "the confirmation");
  for (let step = 0; step < 8; step += 1) {
    await admin.keyboard.press("Tab");
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await admin.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
});

test("two admins press at once, one of them twice: one run, which everybody follows to its end without a reload", async ({
  browser,
}) => {
  await staff.goto("/customers/new");
  await staff.getByLabel("Name", { exact: true }).fill("Typed in the pause");
  const oldTab = await staff.context().newPage();
  await oldTab.goto("/orders");
  const phone = await signIn(browser, farm, "owner", { viewport: { width: 360, height: 740 } });
  await phone.goto("/items");

  for (const page of [owner, admin]) {
    await page.goto("/orders");
    await page.getByRole("button", { name: "Update now" }).click();
    await expect(page.getByText(/checks? passed/)).toBeVisible();
    await markPage(page);
  }
  await Promise.all([
    owner.getByRole("button", { name: "Update to 1.1.0" }).dblclick(),
    admin.getByRole("button", { name: "Update to 1.1.0" }).click(),
  ]);
  await lookAtRun(
    farm,
    (status) => isRunning(status, "backup"),
    async () => {
      for (const page of [owner, admin]) await expectProgress(page);
      await expectGoodLooks(owner, "the progress");
      // A reload, and a second device of the same person.
      await admin.reload();
      await expectProgress(admin);
      await barOf(phone).getByRole("button", { name: "Show progress" }).click();
      await expectProgress(phone);
    },
  );
  await lookAtRun(
    farm,
    (status) => isRunning(status, "verify"),
    () => pressSave(staff),
  );

  expect((await untilEnded(farm)).outcome).toBe("complete");
  for (const page of [owner, admin, phone]) {
    await expect(page.getByRole("dialog").getByText("FilaOps is now 1.1.0.")).toBeVisible();
  }
  await expect(owner.getByRole("dialog").getByText(/Saving was paused for/)).toBeVisible();
  expect(await isMarked(owner)).toBe(true);
  await expectGoodLooks(owner, "the outcome");
  await phone.context().close();

  await expectSavedOnce(staff, "Typed in the pause");
  await expectOneReload(oldTab);
});

test("what is new is there", async () => {
  await staff.goto("/orders");
  await expect(staff.getByRole("combobox", { name: /status/i }).getByRole("option", { name: NEW_STATUS })).toHaveCount(1);
  await owner.goto("/settings/updates");
  await expect(owner.getByRole("heading", { name: "You run 1.1.0, the newest version." })).toBeVisible();
});

test("the history has one run, by one of the two, and a row opens its log", async () => {
  await owner.goto("/settings/updates");
  const table = owner.getByRole("table", { name: "Updates so far" });
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(table.getByText("Updated")).toBeVisible();
  await expectGoodLooks(owner, "settings, updates, with a history");
  await table.getByRole("link", { name: "1.0.0 → 1.1.0" }).click();
  await expect(owner.getByRole("heading", { name: "1.0.0 → 1.1.0" })).toBeVisible();
  await expect(owner.getByRole("region", { name: "Log" }).getByRole("listitem").first()).toBeVisible();
  await expectGoodLooks(owner, "the log of a run");
});

/** A page that is loaded anew loses this. */
async function markPage(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.dataset["marked"] = "yes";
  });
}

function isMarked(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.dataset["marked"] === "yes");
}

function isRunning(status: PublicStatus, name: StepName): boolean {
  return status.steps.some((step) => step.name === name && step.state === "running");
}

async function expectProgress(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Updating FilaOps to 1.1.0" });
  await expect(dialog.getByRole("progressbar")).toBeVisible();
  await expect(dialog.getByText("You can close this window; the update goes on.")).toBeVisible();
}

/** Saving is paused: the text stays, and the page says that it waits. */
async function pressSave(page: Page): Promise<void> {
  const bar = barOf(page);
  await expect(bar).toContainText("FilaOps is being updated; you can read, saving will work again in a moment.");
  await page.getByRole("button", { name: "Add customer" }).click();
  await expect(bar).toContainText("Saving waits for the update");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Typed in the pause");
}

async function expectSavedOnce(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await page.goto(`/customers?search=${encodeURIComponent(name)}`);
  await expect(page.getByRole("link", { name })).toHaveCount(1);
}

/** A tab of the version before says so once, and not again after its reload. */
async function expectOneReload(tab: Page): Promise<void> {
  await tab.bringToFront();
  const offer = barOf(tab).getByRole("button", { name: "Reload" });
  await expect(offer).toBeVisible();
  await offer.click();
  await expect(tab.getByText("FilaOps 1.1.0")).toBeVisible();
  await expect(offer).toHaveCount(0);
  await tab.close();
}
