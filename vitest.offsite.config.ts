import { defineConfig } from "vitest/config";

/**
 * What of off-site copies takes too long for `scripts/test`, or too much: an implementation of S3 that is not ours (Debian's python3-swift), and
 * a process that is killed at each of its requests.
 */
export default defineConfig({
  test: {
    include: ["server/offsite/*.bench.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
