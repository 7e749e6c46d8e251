import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { z } from "zod";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { expectGoodLooks } from "./fixture/look.ts";
import { callProcedure, fillSignIn, setUp } from "./fixture/people.ts";
import { untilEnded } from "./fixture/run.ts";
import { bundleRelease } from "../scripts/packaging/bundle.ts";
import { readZip } from "../server/exports/testing/read-zip.ts";
import { block } from "../server/samples/pictures.ts";
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

test("an empty FilaOps fills itself with sample data, which is exported, downloaded and deleted", async () => {
  await page.goto("/");
  await page.getByRole("button", { name: "Try it with sample data" }).click();
  await page.getByRole("button", { name: "Add sample data" }).click();
  await expect(page.getByRole("heading", { name: "Open orders" })).toBeVisible();

  await page.goto("/settings/data");
  await expect(page.getByText("No exports yet")).toBeVisible();
  await page.getByLabel("With pictures and attachments").check();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const link = page.getByRole("link", { name: /^Download the export of/ });
  await expect(link).toBeVisible();
  await expectGoodLooks(page, "exports");
  const downloading = page.waitForEvent("download");
  await link.click();
  const files = readZip(await readFile(await (await downloading).path()));
  expect(files.get("orders.csv")?.toString().trimEnd().split("\r\n")).toHaveLength(401);
  await page.getByRole("button", { name: /^Delete the export of/ }).click();
  await page.getByRole("button", { name: "Delete export" }).click();
  await expect(page.getByText("No exports yet")).toBeVisible();
});

test("an item gets a picture, an order a file of 20 MB, through the gate and back again", async () => {
  await page.goto("/items/new");
  await page.getByLabel("Name", { exact: true }).fill("Vase");
  await page.getByLabel("SKU").fill("V-1");
  await page.getByLabel("Selling price").fill("12");
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "vase.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") });
  await expect(page.getByRole("alert").filter({ hasText: "not a PNG" })).toBeVisible();
  await page.locator("input[type=file]").setInputFiles({ name: "vase.png", mimeType: "image/png", buffer: block([200, 48, 44]) });
  await expect(page.getByRole("button", { name: "Replace picture" })).toBeVisible();
  await expectGoodLooks(page, "item with a picture that was chosen");
  await page.getByRole("button", { name: "Add item" }).click();
  const picture = page.getByRole("img", { name: "Picture of Vase" });
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(192);

  const order = await makeOrder();
  await page.goto(`/orders/${order}`);
  const content = Buffer.alloc(20 * 1024 * 1024, "G1 X10 Y10 E0.5\n");
  const file = join(farm!.places.folder, "vase.gcode");
  await writeFile(file, content);
  await page.locator("input[type=file]").setInputFiles(file);
  await expect(page.getByRole("link", { name: "vase.gcode" })).toBeVisible();
  await expectGoodLooks(page, "order with a file");
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "vase.gcode" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("vase.gcode");
  expect((await readFile(await download.path())).equals(content)).toBe(true);

  await page.getByRole("button", { name: "Remove vase.gcode" }).click();
  await page.getByRole("button", { name: "Remove file" }).click();
  await expect(page.getByRole("link", { name: "vase.gcode" })).toBeHidden();
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

test("without internet, a release comes as a file: uploaded, offered, installed", async () => {
  const { feed, places, filaops } = farm!;
  await feed.close();
  const name = "filaops-1.1.0.bundle.tar";
  const file = await bundleRelease({ folder: join(places.releases, "1.1.0"), out: join(places.folder, name) });
  await page.goto("/settings/updates");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByText("We could not check again")).toBeVisible();

  const upload = page.getByRole("region", { name: "No internet on this computer?" }).locator("input[type=file]");
  await upload.setInputFiles({
    name: "holiday.tar",
    mimeType: "application/x-tar",
    buffer: Buffer.from("no bundle".repeat(100)),
  });
  await expect(page.getByRole("alert").filter({ hasText: "not a release bundle that can be used" })).toBeVisible();
  await upload.setInputFiles(file);
  await expect(page.getByText("Version 1.1.0 is available now.").first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "FilaOps 1.1.0 is available. You run 1.0.0." })).toBeVisible();
  await expect(page.getByRole("table", { name: "Release bundles" }).getByText("Available")).toBeVisible();
  await expectGoodLooks(page, "settings, updates, with a bundle");

  await page.getByRole("button", { name: "Update now" }).last().click();
  await page.getByRole("button", { name: "Update to 1.1.0" }).click();
  expect((await untilEnded(farm!)).outcome).toBe("complete");
  await filaops(["bundle", "add", file]); // it is here already
  await page.goto("/settings/updates");
  await expect(page.getByText("Not needed any more")).toBeVisible();
  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("button", { name: "Remove bundle" }).click();
  await expect(page.getByRole("table", { name: "Release bundles" })).toHaveCount(0);
});

/** An order of a new customer; says its id. */
async function makeOrder(): Promise<string> {
  const make = async (path: string, input: unknown) => {
    const { body } = await callProcedure(page.context(), farm!, { path, method: "POST", input });
    return z.object({ result: z.object({ data: z.object({ json: z.object({ id: z.string() }) }) }) }).parse(JSON.parse(body))
      .result.data.json.id;
  };
  const customer = await make("customers.create", { name: "Ada" });
  const lines = [{ description: "Vase", quantity: "1", unitPrice: "12" }];
  return make("orders.create", { customer, status: "draft", placedAt: "2026-11-01T10:00:00Z", lines });
}
