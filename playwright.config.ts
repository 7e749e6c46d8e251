import { defineConfig } from "@playwright/test";

/**
 * Browser tests against whole installations in temporary folders (`e2e/fixture/farm.ts`). One worker: each file owns the processes that it
 * started, and the machine is small. Debian's Chromium, since browsers cannot be downloaded everywhere; FILAOPS_CHROMIUM names another one.
 */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  // Guards against hanging, not measures: the machine may be busy.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 900 },
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["FILAOPS_CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"],
    },
  },
});
