import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { baseEnv } from "./env.ts";
import { findMarked } from "./marked-processes.ts";
import { spawnAttached } from "./process.ts";

const MARK = "FILAOPS_TEST_MARK";

// Once a launcher that was told to end in the very moment in which its updater went through exec did not see it, and waited for it for ever.
test(
  "a process is found however short ago it was started, also while it becomes another program",
  { timeout: 30_000 },
  async () => {
    const value = randomUUID();
    for (let round = 0; round < 200; round += 1) {
      const child = spawnAttached("setsid", ["nice", "sleep", "1000"], { env: { ...baseEnv(), [MARK]: value } });
      const gone = once(child, "exit");
      const found = findMarked(MARK, value);
      child.kill("SIGKILL");
      await gone;
      expect(found.map(({ pid }) => pid)).toEqual([child.pid]);
    }
  },
);
