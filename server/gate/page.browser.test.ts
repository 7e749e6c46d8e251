import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "@playwright/test";
import type { Browser } from "@playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { writeAtomically } from "../platform/files.ts";
import type { Status } from "../updates/contract.ts";
import { startTestGate } from "./testing/harness.ts";
import type { TestGate } from "./testing/harness.ts";
import { status } from "./testing/status.ts";
import { startUpstream } from "./testing/upstream.ts";
import type { Upstream } from "./testing/upstream.ts";

let browser: Browser;
let gate: TestGate;
let blue: Upstream;
const write = (changes: Partial<Status>) =>
  writeAtomically(gate.paths.status, JSON.stringify(status({ updatedAt: new Date().toISOString(), ...changes })));

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
});
afterAll(() => browser.close());
beforeEach(async () => {
  [gate, blue] = await Promise.all([
    startTestGate(),
    startUpstream("blue", (request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(`<h1>The app at ${request.url ?? ""}</h1>`);
    }),
  ]);
});
afterEach(async () => {
  await gate.end();
  await blue.kill();
});

const failed = status().steps.map((step) => ({ ...step, state: "failed" as const }));
const states: [string, "light" | "dark", Partial<Status>][] = [
  ["an update", "light", {}],
  ["an update", "dark", {}],
  ["a silent run", "light", { updatedAt: "2026-11-23T11:00:00.000Z" }],
  ["a silent run", "dark", { updatedAt: "2026-11-23T11:00:00.000Z" }],
  ["a way back", "light", { goingBack: true, steps: failed }],
  ["a way back", "dark", { goingBack: true, steps: failed }],
  ["a run that needs a person", "light", { outcome: "needs_attention" }],
  ["no run", "dark", { outcome: "complete" }],
];

it.each(states)("fits a phone and is accessible: %s, %s", async (_name, colorScheme, changes) => {
  await write(changes);
  const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 700 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`http://127.0.0.1:${gate.port}/_upgrade/`);
  await page.locator("h1").waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join()}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(complaints).toEqual([]);
  await context.close();
});

it("follows the run by itself, announces steps, and loads the app at the same address when it is back", async () => {
  await write({ percent: 10 });
  const page = await browser.newPage();
  const address = `http://127.0.0.1:${gate.port}/orders?page=2#line`;
  const first = await page.goto(address);
  expect(first?.status()).toBe(503);
  await page.getByText("10 %").last().waitFor();
  const [backup, copy, migrate] = status().steps;
  await write({ percent: 60, steps: [backup!, { ...copy!, state: "done" }, { ...migrate!, state: "running" }] });
  await page.locator(".share span", { hasText: "60 %" }).waitFor();
  expect(await page.locator("#heard").textContent()).toBe("Preparing your data for 1.1.0");
  await gate.set("proxy", blue.target);
  await page.getByRole("heading", { name: "The app at /orders?page=2" }).waitFor();
  expect(page.url()).toBe(address);
  await page.close();
});

it("works without JavaScript", async () => {
  await write({});
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${gate.port}/orders`);
  await page.getByRole("heading", { name: "Updating FilaOps to 1.1.0" }).waitFor();
  await gate.set("proxy", blue.target);
  await page.getByRole("heading", { name: "The app at /orders" }).waitFor();
  await context.close();
});
