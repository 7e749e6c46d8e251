import { defineConfig } from "vitest/config";

/** Off-site copies against an implementation of S3 that is not ours. Needs Debian's python3-swift, so that it is no part of `scripts/test`. */
export default defineConfig({
  test: {
    include: ["server/offsite/*.bench.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
