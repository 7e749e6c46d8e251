import { open } from "node:fs/promises";
import { expect, test } from "vitest";
import { createLog } from "./log.ts";

// Nobody listened to the log's errors, and an error without listeners ends the process.
test("a line that cannot be written, because the disk is full, ends nobody", async () => {
  const full = await open("/dev/full", "w");
  const log = createLog("test", "info", full.fd);
  expect(() => {
    log.warn({}, "not written");
    log.warn({}, "nor this");
  }).not.toThrow();
  await full.close();
});
