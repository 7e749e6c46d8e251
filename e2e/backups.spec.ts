import { readdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";
import { Client } from "pg";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { expectGoodLooks } from "./fixture/look.ts";
import { fillSignIn, signIn } from "./fixture/people.ts";

test.describe.configure({ mode: "serial" });

const EMAIL = "owner@farm.example";
const NOTE = "Before the great change";

let farm: Farm;
let owner: Page;
let farmName: string;

test.beforeAll(async ({ browser }) => {
  farm = await openFarm({ seeded: true });
  owner = await signIn(browser, farm, "owner");
});
test.afterAll(async () => {
  await owner.context().close();
  await farm.close();
});

test("a backup is made, read back, and proved by restoring it on trial", async () => {
  await owner.goto("/settings/farm");
  farmName = await owner.getByLabel("Name", { exact: true }).inputValue();
  await owner.goto("/settings/backups");
  await expect(owner.getByRole("heading", { name: "There is no backup yet." })).toBeVisible();
  await expectGoodLooks(owner, "backups without any");

  await backUpNow(NOTE, null);
  await expect(owner.getByText("The backup is made and checked.")).toBeVisible();
  const row = rowOf(NOTE);
  await expect(row).toContainText("By hand");
  await expect(row).toContainText("Checked");

  await act("Prove it (restore on trial)");
  await expect(owner.getByText(/^The backup of .* can be restored\.$/)).toBeVisible();
  await expect(row).toContainText("Restored on trial");
  await expect(
    owner.getByRole("heading", { name: /^Your last good backup was made .*, and was restored on trial/ }),
  ).toBeVisible();
  await expectGoodLooks(owner, "backups");
  await act("Show details");
  await expect(owner.getByRole("dialog", { name: /^Backup of / })).toContainText("backups/");
  await expectGoodLooks(owner, "the details of a backup");
  await owner.keyboard.press("Escape");
});

test("a backup is cancelled while it waits for somebody who holds a table", async () => {
  const holder = new Client({ connectionString: await farm.ownerUrl() });
  await holder.connect();
  try {
    await holder.query("BEGIN; LOCK TABLE order_lines");
    await owner.goto("/settings/backups");
    await backUpNow("Never made", "the note of a backup");
    await owner.getByRole("region", { name: "Making a backup" }).getByRole("button", { name: "Cancel" }).click();
    await expect(owner.getByText("Cancelled: making a backup.")).toBeVisible();
  } finally {
    await holder.end();
  }
  await expect(rowOf("Never made")).toHaveCount(0);
  await owner.getByRole("link", { name: "Show details" }).click();
  await expect(owner.getByRole("heading", { name: "Log" })).toBeVisible();
  await expect(owner.getByText(/^Cancelled by /)).toBeVisible();
  await expectGoodLooks(owner, "the log of a job");
});

test("a backup is kept, found to be damaged before a restore stops anything, and removed", async () => {
  await owner.goto("/settings/backups");
  await backUpNow("Spare", null);
  await expect(owner.getByText("The backup is made and checked.")).toBeVisible();
  await act("Keep", "Spare");
  await expect(rowOf("Spare")).toContainText("Kept, because you said so");
  await act("Remove…", "Spare");
  const removing = owner.getByRole("dialog", { name: /^Remove the backup of / });
  await removing.getByRole("button", { name: "Remove" }).click();
  await expect(removing.getByText("it is marked to be kept", { exact: false })).toBeVisible();
  await expectGoodLooks(owner, "a backup that is not removed");
  await removing.getByRole("button", { name: "Keep it" }).click();
  await act("Don’t keep", "Spare");
  await expect(rowOf("Spare")).not.toContainText("Kept, because you said so");

  const [newest = ""] = (await readdir(farm.paths.backups))
    .filter((name) => !name.includes("."))
    .toSorted()
    .toReversed();
  await truncate(join(farm.paths.backup(newest), "database", "toc.dat"), 100);
  await act("Restore…", "Spare");
  const restoring = owner.getByRole("dialog", { name: /^Restore the backup of / });
  await expect(restoring.getByRole("alert")).toContainText("is damaged");
  await expectGoodLooks(owner, "a restore that is refused");
  await restoring.getByRole("button", { name: /^Look at the backup of .* instead$/ }).click();
  await expect(restoring.getByText("Nothing was entered since this backup")).toBeVisible();
  await owner.keyboard.press("Escape");

  await owner.reload();
  await act("Remove…", "Damaged");
  await removing.getByRole("button", { name: "Remove" }).click();
  await expect(owner.getByText("The backup was removed.", { exact: true })).toBeVisible();
  await expect(rowOf("Damaged")).toHaveCount(0);

  await owner.goto("/settings/disk");
  await expect(owner.getByRole("table", { name: "What takes space" }).getByRole("row")).not.toHaveCount(0);
  await expectGoodLooks(owner, "disk use");
});

test("a backup is downloaded as one file, and the file can be brought back", async () => {
  await owner.goto("/settings/backups");
  const downloading = owner.waitForEvent("download");
  await act("Download");
  const path = await (await downloading).path();
  await owner.getByRole("button", { name: "Bring back a file" }).click();
  const dialog = owner.getByRole("dialog", { name: "Bring back a backup file" });
  await dialog.getByRole("button", { name: "Bring it back" }).click();
  await expect(dialog.getByText("Please choose a file.")).toBeVisible();
  await expectGoodLooks(owner, "bringing back a backup");
  await dialog
    .getByLabel("Backup file")
    .setInputFiles({ name: "holiday.tar", mimeType: "image/png", buffer: Buffer.alloc(2000, "x") });
  await dialog.getByRole("button", { name: "Bring it back" }).click();
  await expect(dialog.getByRole("alert")).toContainText("is not a backup that FilaOps takes");
  await dialog.getByLabel("Backup file").setInputFiles(path);
  await dialog.getByRole("button", { name: "Bring it back" }).click();
  await expect(owner.getByText("This backup is here already.").first()).toBeVisible();
});

test("rules are changed only after it was said which backups would go", async () => {
  await owner.getByRole("button", { name: "Change" }).click();
  const dialog = owner.getByRole("dialog", { name: "Backups by themselves" });
  await dialog.getByLabel("Newest", { exact: true }).fill("3");
  await dialog.getByLabel("Time zone").fill("berlin");
  await dialog.getByRole("option", { name: "Europe/Berlin" }).click();
  await expect(dialog.getByText("No backup would be removed by this.")).toBeVisible();
  await expectGoodLooks(owner, "the rules of backups");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(owner.getByText(/^The newest 3 stay, /)).toBeVisible();
});

test("a restore asks with the numbers of what would be lost, signs everybody out, and says why", async () => {
  await owner.goto("/customers/new");
  await owner.getByLabel("Name", { exact: true }).fill("Entered since");
  await owner.getByRole("button", { name: "Add customer" }).click();
  await expect(owner.getByRole("heading", { name: "Entered since" })).toBeVisible();

  await owner.goto("/settings/backups");
  await act("Restore…");
  const dialog = owner.getByRole("dialog", { name: /^Restore the backup of / });
  await expect(dialog.getByText("1 customer added")).toBeVisible();
  const restore = dialog.getByRole("button", { name: "Restore this backup" });
  await restore.click();
  await expect(dialog.getByText(`Please type the name of your farm: ${farmName}`)).toBeVisible();
  await expectGoodLooks(owner, "the question before a restore");
  await dialog.getByLabel(`Type “${farmName}”`).fill(farmName);
  await dialog.getByLabel("Your password").fill(farm.signIn.password);
  await restore.click();
  await expect(owner.getByRole("dialog", { name: "Restoring a backup" })).toBeVisible();

  await signInAgain("sign-in after a restore");
  await expect(owner.getByRole("dialog").getByText(/^FilaOps is restored to the backup of /)).toBeVisible();
  await expectGoodLooks(owner, "the outcome of a restore");
  expect(await customersNamed("Entered since")).toBe(0);
});

test("the restore is undone, and what was entered is there again", async () => {
  await owner.goto("/settings/backups");
  await owner.getByRole("button", { name: "Undo restore" }).first().click();
  const dialog = owner.getByRole("dialog", { name: "Undo the restore?" });
  await expectGoodLooks(owner, "the question before a restore is undone");
  await dialog.getByLabel("Your password").fill(farm.signIn.password);
  await dialog.getByRole("button", { name: "Undo restore" }).click();
  await signInAgain(null);
  await expect(owner.getByRole("dialog").getByText("The restore is undone.")).toBeVisible();
  expect(await customersNamed("Entered since")).toBe(1);
});

async function backUpNow(note: string, look: string | null): Promise<void> {
  const dialog = owner.getByRole("dialog", { name: "Back up now?" });
  // A page that has just come is there before it is alive.
  await expect(async () => {
    await owner.getByRole("button", { name: "Back up now" }).click();
    await expect(dialog).toBeVisible({ timeout: 1000 });
  }).toPass();
  if (look !== null) await expectGoodLooks(owner, look);
  await dialog.getByLabel("Note").fill(note);
  await dialog.getByRole("button", { name: "Back up now" }).click();
}

function rowOf(text: string): Locator {
  return owner.getByRole("table", { name: "Backups" }).getByRole("row").filter({ hasText: text });
}

/** Chooses from the menu of the backup with this note, or in this state. */
async function act(name: string, of = NOTE): Promise<void> {
  const item = owner.getByRole("menuitem", { name, exact: true });
  await expect(async () => {
    await rowOf(of)
      .getByRole("button", { name: /^Actions/ })
      .click();
    await expect(item).toBeVisible({ timeout: 1000 });
  }).toPass();
  await item.click();
}

async function signInAgain(look: string | null): Promise<void> {
  await expect(owner).toHaveURL(/\/sign-in\?from=/, { timeout: 90_000 });
  await expect(owner.getByText("Everybody was signed out", { exact: true })).toBeVisible();
  if (look !== null) await expectGoodLooks(owner, look);
  await fillSignIn(owner, EMAIL, farm.signIn.password);
  await expect(owner).toHaveURL(/\/settings\/backups$/);
}

async function customersNamed(name: string): Promise<number> {
  await owner.goto(`/customers?search=${encodeURIComponent(name)}`);
  await expect(owner.getByRole("table").or(owner.getByText(/No customers match/))).toBeVisible();
  return owner.getByRole("link", { name }).count();
}
