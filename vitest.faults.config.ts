import { defineConfig } from "vitest/config";

/** Faults in every step of updates, backups and restores of a whole installation: too long for `scripts/test`, which has some of each. As root, on Linux: it mounts. */
export default defineConfig({
  test: {
    include: ["server/updates/*.bench.test.ts"],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 1,
  },
});
