import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["server/**/*.test.ts", "scripts/**/*.test.ts", "app/**/*.test.ts"],
    exclude: ["**/*.docker.test.ts", "**/*.bench.test.ts"],
    globalSetup: ["server/databases/testing/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: more workers only make the clocks of the timing tests worse.
    maxWorkers: 2,
  },
});
