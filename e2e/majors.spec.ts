import { expect, test } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";
import { Client } from "pg";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { expectGoodLooks } from "./fixture/look.ts";
import { callProcedure, fillSignIn, signIn } from "./fixture/people.ts";
import { publicStatus, until } from "./fixture/run.ts";

test.describe.configure({ mode: "serial" });

let farm: Farm;
let owner: Page;

test.beforeAll(async ({ browser }) => {
  farm = await openFarm({ seeded: true, published: ["2.0.0"], versions: ["2.0.0", "3.0.0"] });
  owner = await signIn(browser, farm, "owner");
});
test.afterAll(async () => {
  await owner.context().close();
  await farm.close();
});

test("a major is asked for with all that changes; nothing but its own button begins it", async () => {
  await owner.goto("/settings/updates");
  await owner.getByRole("button", { name: "Check now" }).click();
  const button = owner.getByRole("button", { name: "Update now" });
  await button.focus();
  await owner.keyboard.press("Enter");
  const dialog = owner.getByRole("dialog", { name: "Update FilaOps to 2.0.0?" });
  await expect(dialog.getByText("2.0.0 is a new major version.")).toBeVisible();
  await expect(dialog.getByText("Your data is carried over. 2 things will be different afterwards.")).toBeVisible();
  const changes = dialog.getByRole("region", { name: "What changes with 2.0.0" });
  await expect(changes.getByRole("listitem")).toHaveCount(2);
  await expect(changes.getByText("What to do: Tell the people in the shop.")).toBeVisible();
  const link = changes.getByRole("link", { name: /More about/ });
  await expect(link).toHaveAttribute("href", "https://filaops.example/releases/2.0.0#priorities");
  await expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow");
  await expect(dialog.getByRole("link", { name: "Export data" })).toHaveAttribute("href", "/settings/data");
  await expectGoodLooks(owner, "the dialog of a major");

  // Enter, wherever the dialog put the focus, changes nothing.
  await owner.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
  expect(await publicStatus(farm)).toBeNull();

  await owner.keyboard.press("Enter");
  await tabTo(owner, dialog.getByRole("button", { name: "Update to 2.0.0" }));
  await tabTo(owner, dialog.getByRole("link", { name: "Export data" }));
  await tabTo(owner, dialog.getByRole("button", { name: "Start fresh with 2.0.0" }));
  await tabTo(owner, dialog.getByRole("button", { name: "Cancel" }));
  await owner.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
});

test("a script that does not say that it knows what breaks begins nothing", async () => {
  const call = { path: "updates.update", method: "POST" as const, input: { version: "2.0.0" } };
  const answer = await callProcedure(owner.context(), farm, call);
  expect(answer.status).toBe(409);
  expect(answer.body).toContain("Rush orders are priority 1 now");
  expect(await publicStatus(farm)).toBeNull();
});

test("where the data is not carried over, there is no update", async () => {
  await owner.route("**/api/trpc/updates.plan*", async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace('"notMigratable":[]', '"notMigratable":["2.0.0"]');
    await route.fulfill({ response: answer, body });
  });
  await owner.getByRole("button", { name: "Update now" }).click();
  const dialog = owner.getByRole("dialog");
  await expect(dialog.getByText("2.0.0 cannot take over your data.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: /^Update/ })).toHaveCount(0);
  await expectGoodLooks(owner, "the dialog of a release that takes no data over");
  await dialog.getByRole("button", { name: "Start fresh with 2.0.0" }).click();
  const fresh = owner.getByRole("dialog", { name: "Start fresh with FilaOps 2.0.0?" });
  await expect(fresh.getByLabel(/password/i)).toBeVisible();
  await owner.keyboard.press("Escape");
  await owner.getByRole("button", { name: "Update now" }).click();
  await dialog.getByRole("button", { name: "Stay on 1.0.0" }).click();
  await owner.unroute("**/api/trpc/updates.plan*");
});

test("with an export and a fresh start the books are the same to the cent in the new version, and all of it is undone", async () => {
  const before = await books();
  await owner.getByRole("button", { name: "Update now" }).click();
  await owner.getByRole("dialog").getByRole("link", { name: "Export data" }).click();
  await owner.getByLabel("With pictures and attachments").check();
  await owner.getByRole("button", { name: "Export", exact: true }).click();
  await expect(owner.getByRole("table", { name: "Exports" }).getByRole("row")).toHaveCount(2);

  await owner.goto("/settings/updates");
  await owner.getByRole("button", { name: "Update now" }).click();
  await owner.getByRole("dialog").getByRole("button", { name: "Start fresh with 2.0.0" }).click();
  const fresh = owner.getByRole("dialog", { name: "Start fresh with FilaOps 2.0.0?" });
  await expect(fresh.getByText("It was last exported")).toBeVisible();
  const typed = fresh.getByLabel(/^Type “/);
  await typed.fill(/“(.*)”/.exec((await fresh.locator("label").filter({ hasText: "Type “" }).textContent()) ?? "")?.[1] ?? "");
  await fresh.getByLabel("Your password").fill(farm.signIn.password);
  await expectGoodLooks(owner, "the question before a fresh start");
  await fresh.getByRole("button", { name: "Start fresh with 2.0.0" }).click();
  await signInAgain();
  await expect(owner.getByRole("dialog").getByText("FilaOps 2.0.0 is started fresh.")).toBeVisible();
  expect(await books()).toMatchObject({ customers: "0", items: "0", orders: "0", lines: "0" });

  await owner.goto("/settings/data");
  await owner.getByRole("link", { name: "Import…" }).click();
  await owner.getByRole("button", { name: "Look into it" }).click();
  await expect(owner.getByRole("table", { name: "What is in the file" })).toBeVisible();
  await expectGoodLooks(owner, "the preview of an import");
  await owner.getByRole("form", { name: "Import" }).getByRole("button", { name: "Import", exact: true }).click();
  await expect(
    owner
      .getByRole("heading", { name: /was imported$/ })
      .or(owner.getByText(/was imported$/))
      .first(),
  ).toBeVisible();
  expect(await books()).toEqual(before);

  await owner.goto("/settings/updates");
  await owner.getByRole("button", { name: "Undo fresh start" }).first().click();
  const undo = owner.getByRole("dialog", { name: "Undo the fresh start?" });
  await undo.getByLabel("Your password").fill(farm.signIn.password);
  await undo.getByRole("button", { name: "Undo fresh start" }).click();
  await signInAgain();
  await expect(owner.getByRole("dialog").getByText(/The fresh start is undone/)).toBeVisible();
  expect(await books()).toEqual(before);
  await owner.keyboard.press("Escape");
});

test("a path over a required stop that breaks at its second step stays whole on the first", async () => {
  farm.feed.publish("3.0.0");
  await owner.goto("/settings/updates");
  await owner.getByRole("button", { name: "Check now" }).click();
  await expect(owner.getByText("From your version the way is: 2.0.0 first, then 3.0.0.")).toBeVisible();
  await owner.getByRole("button", { name: "Update now" }).click();
  const asking = owner.getByRole("dialog", { name: "Update FilaOps to 3.0.0?" });
  await expect(asking.getByRole("region", { name: "What changes with 3.0.0" })).toBeVisible();
  await expect(asking.getByText("How long the one to 3.0.0 takes is known only after it.")).toBeVisible();
  await asking.getByRole("button", { name: "Update to 3.0.0" }).click();
  await expect(owner.getByRole("dialog", { name: "Updating FilaOps to 3.0.0, step 1 of 2: to 2.0.0" })).toBeVisible();
  const between = owner.getByRole("dialog").getByRole("button", { name: "Stay on 2.0.0" });
  await expect(between).toBeVisible({ timeout: 90_000 });
  await expect(owner.getByRole("dialog", { name: "Updating FilaOps to 3.0.0, step 2 of 2: to 3.0.0" })).toBeVisible({
    timeout: 90_000,
  });
  await until(async () => ((await publicStatus(farm))?.outcome === "rolled_back" ? true : null));
  const dialog = owner.getByRole("dialog");
  await expect(
    dialog.getByText("FilaOps is now 2.0.0 and works; the step to 3.0.0 did not work out and was taken back."),
  ).toBeVisible();
  await expect(dialog.getByText(/Nothing was lost: 4,000 orders before, 4,000 orders now\./)).toBeVisible();
  await expectGoodLooks(owner, "the outcome of a path that broke");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(owner.getByRole("dialog", { name: "Update FilaOps to 3.0.0?" }).getByText("What changes")).toBeVisible();
  await owner.keyboard.press("Escape");

  await owner.goto("/orders");
  const statuses = owner.getByRole("combobox", { name: /status/i });
  await expect(statuses.getByRole("option", { name: "Next: priority 1" })).toHaveCount(1);
  await owner.goto("/settings/updates");
  await expect(owner.getByRole("button", { name: "Try 3.0.0 again" })).toBeVisible();
  await expect(owner.getByRole("table", { name: "Updates so far" }).getByRole("row")).toHaveCount(5);
});

/** How much there is, and what it comes to, in the database that is in use. */
async function books(): Promise<Record<string, string>> {
  const client = new Client({ connectionString: await farm.ownerUrl() });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(
      `SELECT (SELECT count(*) FROM customers) AS customers, (SELECT count(*) FROM items) AS items, (SELECT sum(on_hand) FROM items) AS stock,
              (SELECT count(*) FROM orders) AS orders, (SELECT sum(total) FROM orders) AS total, (SELECT count(*) FROM order_lines) AS lines,
              (SELECT sum(line_total) FROM order_lines) AS lines_total, (SELECT count(*) FROM order_attachments) AS attachments`,
    );
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}

async function signInAgain(): Promise<void> {
  await expect(owner).toHaveURL(/\/sign-in\?from=/, { timeout: 90_000 });
  await fillSignIn(owner, "owner@farm.example", farm.signIn.password);
}

/** Moves the focus by the keyboard to where it is wanted. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let step = 0; step < 12; step += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(wanted).toBeFocused();
}
