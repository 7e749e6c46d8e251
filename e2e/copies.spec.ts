import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { z } from "zod";
import { decrypted } from "../server/offsite/age.ts";
import { identityGroups } from "../server/offsite/contract.ts";
import { FakeS3 } from "../server/offsite/testing/fake-s3.ts";
import type { SignIn } from "../scripts/demo-farm/seed-once.ts";
import { openFarm } from "./fixture/farm.ts";
import type { Farm } from "./fixture/farm.ts";
import { expectGoodLooks } from "./fixture/look.ts";
import { callProcedure, setUp } from "./fixture/people.ts";

test.describe.configure({ mode: "serial" });

let owner: SignIn;
let farm: Farm | undefined;
let storage: FakeS3 | undefined;
let page: Page;
let identity = "";
/** Everything that the browser sent since the page was opened. */
const sent: string[] = [];

test.beforeAll(async ({ browser }) => {
  [farm, storage] = await Promise.all([openFarm({ seeded: false }), FakeS3.start()]);
  page = await (await browser.newContext({ baseURL: farm.url })).newPage();
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await page.goto("/setup");
  owner = await setUp(page);
});
test.afterAll(async () => {
  await farm?.close();
  await storage?.close();
});

test("a storage is tried before anything is set up, and what is wrong with it is said", async () => {
  await page.goto("/settings/copies");
  await expect(page.getByText("Your backups lie on this computer only")).toBeVisible();
  await expectGoodLooks(page, "copies, not set up");
  await page.getByRole("button", { name: "Set up copies" }).click();

  const { endpoint, region, bucket, prefix, accessKeyId } = storage!.storage;
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByLabel("Address")).toBeFocused();
  await page.getByLabel("Address").fill(endpoint);
  await page.getByLabel("Region").fill(region);
  await page.getByLabel("Bucket").fill(bucket);
  await page.getByLabel("Folder").fill(prefix);
  await page.getByLabel("Access key").fill(accessKeyId);
  await page.getByLabel("Secret").fill("not-the-secret");
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "refuses this access key" })).toBeVisible();
  await expectGoodLooks(page, "storage that refuses");

  await page.getByLabel("Secret").fill(storage!.secret);
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByText(/FilaOps wrote \d+ bytes to the bucket farm-copies/)).toBeVisible();
  await expectGoodLooks(page, "storage that works");
  expect(storage!.objects.size).toBe(0);
});

test("a key is made here, shown, and four characters of it are asked back", async () => {
  await page.getByRole("button", { name: "Go on to the key" }).click();
  await expect(page.getByRole("heading", { name: "The key to your copies" })).toBeFocused();
  await expectGoodLooks(page, "before the key");
  await page.getByRole("button", { name: "Make a new key" }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  identity = (await readFile(await (await downloading).path(), "utf8")).trimEnd().split("\n").at(-1) ?? "";
  await expect(page.getByRole("list", { name: "The key in groups of four" })).toContainText(identityGroups(identity)[4]!);
  await expectGoodLooks(page, "the key");

  await page.getByRole("button", { name: "I have put it away" }).click();
  const asked = page.getByLabel(/^\d+(st|nd|rd|th) group of the key$/);
  const group = Number.parseInt((await page.locator("label").filter({ hasText: "group of the key" }).textContent()) ?? "", 10);
  await asked.fill("0000");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText(/This is not the \d+\w\w group of four/)).toBeVisible();
  await expectGoodLooks(page, "four characters that are wrong");
  await asked.fill(identityGroups(identity)[group - 1]!.toLowerCase());
  await page.getByRole("button", { name: "Go on" }).click();
});

test("it is saved with the password, and the key went nowhere", async () => {
  await expectGoodLooks(page, "about to be saved");
  await page.getByLabel("Your password").fill("not the password");
  await page.getByRole("button", { name: "Save and begin" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "That is not your password" })).toBeVisible();
  await page.getByLabel("Your password").fill(owner.password);
  await page.getByRole("button", { name: "Save and begin" }).click();
  await expect(page.getByText("Nothing was copied there yet.")).toBeVisible();
  const said = sent.join("\n").toUpperCase();
  expect(said).toContain("SETOFFSITE");
  expect(said).not.toContain("AGE-SECRET-KEY");
  for (const group of identityGroups(identity).slice(0, 12)) expect(said).not.toContain(`"${group}"`);
  expect(said).not.toContain(identityGroups(identity).slice(0, 3).join(""));
});

test("a backup is copied, and what lies there opens with the key that was shown", async () => {
  await expect.poll(lastJob).toBe("offsite complete");
  const { status } = await callProcedure(page.context(), farm!, { path: "backups.backUp", method: "POST", input: {} });
  expect(status).toBe(200);
  await expect.poll(lastJob).toBe("backup complete");
  await page.reload();
  // It is also copied by itself, some seconds later: that may be over before the button is pressed.
  await page.getByRole("button", { name: "Copy now", disabled: false }).click();
  await expect(page.getByText(/1 backup was copied|There was nothing to copy/)).toBeVisible();
  const copies = page.getByRole("table", { name: "Copies" });
  await expect(copies.getByRole("row").filter({ hasText: "by hand" })).toContainText("Complete");
  await expect(page.getByText("Every backup that is kept here lies there as well.")).toBeVisible();
  await expectGoodLooks(page, "copies that lie there");

  const [, archive] = [...storage!.objects].find(([name]) => name.endsWith(".tar.age"))!;
  const opened = await decrypted(Readable.from([archive.body]), identity, { where: "there", what: "copy" });
  expect((await buffer(opened)).includes("manifest.json")).toBe(true);
});

test("a storage that does not answer takes its list away and nothing else", async () => {
  storage!.fault = () => ({ kind: "status", status: 403, code: "AccessDenied" });
  await page.getByRole("button", { name: "Ask again" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "refuses this access key" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy now" })).toBeVisible();
  await expectGoodLooks(page, "storage that went away");
  storage!.fault = () => null;
});

test("the place is changed without typing what is known again", async () => {
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("Folder").fill("filaops/two");
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByRole("button", { name: "Go on to the key" }).click();
  await page.getByRole("button", { name: "Keep the key you have" }).click();
  await page.getByLabel("Your password").fill(owner.password);
  await page.getByRole("button", { name: "Save and begin" }).click();
  await expect(page.getByText("folder filaops/two")).toBeVisible();
  // What lay in the other place only is copied at once.
  await expect(page.getByRole("table", { name: "Copies" }).getByRole("row").filter({ hasText: "by hand" })).toContainText(
    "Complete",
  );
});

test("copying stops with the password, and what lies there stays", async () => {
  const count = storage!.objects.size;
  await page.getByRole("button", { name: "Stop copying" }).click();
  await expectGoodLooks(page, "before copying stops");
  await page.getByRole("dialog").getByLabel("Your password").fill(owner.password);
  await page.getByRole("dialog").getByRole("button", { name: "Stop copying" }).click();
  await expect(page.getByText("Your backups lie on this computer only")).toBeVisible();
  // What opened the dialog is gone: the focus is on what came instead.
  await expect(page.locator("div:focus")).toContainText("Your backups lie on this computer only");
  expect(storage!.objects.size).toBe(count);
});

const jobSchema = z.object({ kind: z.string(), outcome: z.string().nullable() });
const overviewSchema = z.object({ result: z.object({ data: z.object({ json: z.object({ job: jobSchema.nullable() }) }) }) });

/** The kind of the last job, and how it ended. */
async function lastJob(): Promise<string> {
  const { body } = await callProcedure(page.context(), farm!, { path: "backups.overview", method: "GET" });
  const { job } = overviewSchema.parse(JSON.parse(body)).result.data.json;
  return `${job?.kind} ${job?.outcome}`;
}
