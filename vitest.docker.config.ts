import { defineConfig } from "vitest/config";

/** Tests with a real Docker engine: one after the other, since they share it. */
export default defineConfig({
  test: {
    include: ["server/**/*.docker.test.ts", "scripts/**/*.docker.test.ts"],
    globalSetup: ["server/deployment/docker/testing/global-setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
});
