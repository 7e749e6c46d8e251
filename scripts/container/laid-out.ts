import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { systemClock } from "../../server/platform/clock.ts";
import { AppError } from "../../server/platform/errors.ts";

/** How long the service `init` may take to make folders and secrets, in milliseconds. */
const PATIENCE_MS = 60_000;
const POLL_MS = 100;

/** Waits until all of these were laid out for us; Compose starts everything at once. What is there at every later start is found at the first look. */
export async function untilLaidOut(paths: readonly string[], mode: "readable" | "writable" = "readable"): Promise<void> {
  const wanted = mode === "readable" ? constants.R_OK : constants.R_OK | constants.W_OK | constants.X_OK;
  const deadline = systemClock.monotonic() + PATIENCE_MS;
  for (const path of paths) {
    while (!(await isLaidOut(path, wanted))) {
      if (systemClock.monotonic() > deadline) {
        throw new AppError("file-unreadable", { path, reason: "the service init has not made it, or not for us" });
      }
      await systemClock.sleep(POLL_MS);
    }
  }
}

function isLaidOut(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
