import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { baseEnv } from "./env.ts";
import { lockHolder, underLock } from "./lock.ts";
import { run, spawnAttached, startTimeOf } from "./process.ts";

/** Busy on several threads, as every Node process is now and then. */
const BUSY = `
  const { readFile } = require("node:fs");
  console.log("ready");
  setInterval(() => { for (let i = 0; i < 8; i += 1) readFile("/proc/self/maps", () => undefined); }, 1);
`;

// A killed process was taken for gone as soon as its first thread had ended, while another one still held its lock (and its port): its successor
// then found them taken. It happened about every fourth time.
test("a process that is gone holds nothing any more", async () => {
  const folder = await mkdtemp(join(tmpdir(), "filaops-process-"));
  const file = join(folder, "lock");
  const [flock, ...words] = underLock(file);
  try {
    for (let round = 0; round < 15; round += 1) {
      const child = spawnAttached(flock, [...words, process.execPath, "--eval", BUSY], {
        env: baseEnv(),
        stdio: ["ignore", "pipe", "ignore"],
      });
      const exited = once(child, "exit");
      const pid = child.pid ?? 0;
      await once(child.stdout ?? child, "data");
      expect(lockHolder(file)).toBe(pid);
      child.kill("SIGKILL");
      while (startTimeOf(pid) !== null); // without a pause, which would hide it
      expect(lockHolder(file)).toBeNull();
      await exited;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

// Docker's command line hands everything to its Compose plugin. When it was killed early, the plugin went on, kept our pipes, and we waited for
// as long as it took: neither an abort nor a deadline had any effect.
test.each(["an abort", "its deadline"])("%s ends what a program started, too", async (how) => {
  const controller = new AbortController();
  const cause = new Error("cancelled");
  let grandchild = 0;
  const running = run("sh", ["-c", "sleep 60 & echo $!; wait"], {
    endWithChildren: true,
    ...(how === "an abort" ? { signal: controller.signal } : { timeoutMs: 300 }),
    onLine: (line) => {
      grandchild = Number(line);
      controller.abort(cause);
    },
  });
  await (how === "an abort"
    ? expect(running).rejects.toBe(cause)
    : expect(running).rejects.toMatchObject({ code: "took-too-long" }));
  expect(grandchild).toBeGreaterThan(0);
  await expect.poll(() => startTimeOf(grandchild)).toBeNull();
});
