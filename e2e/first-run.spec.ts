import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { expectGoodLooks } from "./fixture/look.ts";
import { fillSignIn, setUp } from "./fixture/people.ts";
import type { SignIn } from "../scripts/demo-farm/seed-once.ts";

test.describe.configure({ mode: "serial" });

let owner: SignIn;
let farm: Farm | undefined;
let page: Page;

test.beforeAll(async ({ browser }) => {
  farm = await openFarm({ seeded: false });
  page = await (await browser.newContext({ baseURL: farm.url })).newPage();
});
test.afterAll(async () => {
  await farm?.close();
});

test("the first visitor is led to the set-up, becomes the owner and is signed in", async () => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Welcome to FilaOps" })).toBeVisible();
  await expectGoodLooks(page, "set-up");

  owner = await setUp(page);
  await expect(page.getByRole("banner")).toContainText("Nordlicht");
});

test("nobody becomes an owner a second time", async ({ browser }) => {
  const other = await browser.newPage({ baseURL: new URL(page.url()).origin });
  await other.goto("/setup");
  await expect(other).toHaveURL(/\/sign-in/);
  await other.close();
});

test("empty lists say what to do next", async () => {
  await page.goto("/orders");
  await expect(
    page
      .getByRole("main")
      .getByRole("link", { name: /order|customer/i })
      .first(),
  ).toBeVisible();
  await expectGoodLooks(page, "orders without any");
  await page.goto("/settings/updates");
  await expect(page.getByText("No updates yet")).toBeVisible();
});

test("one signs out, is told when the password is wrong, and gets back to where one wanted", async () => {
  await page.goto("/");
  await page.getByRole("button", { name: /Your account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);

  await page.goto("/customers");
  await expect(page).toHaveURL(/\/sign-in/);
  await expectGoodLooks(page, "sign-in");
  await fillSignIn(page, owner.email, "not the password");
  await expect(page.getByRole("alert").first()).toBeVisible();
  await fillSignIn(page, owner.email, owner.password);
  await expect(page).toHaveURL(/\/customers$/);
});
