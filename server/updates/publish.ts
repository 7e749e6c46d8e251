import type { Clock } from "../platform/clock.ts";
import type { Progress, Status } from "./contract.ts";

const AT_MOST_EVERY_MS = 150;
const SIGN_OF_LIFE_MS = 2000;

/** Writes the status when something changed (a few times a second at most) and now and then as a sign of life. */
export function createPublisher(
  clock: Clock,
  derive: (progress: Progress | null) => Status,
  write: (status: Status) => Promise<void>,
) {
  const ended = new AbortController();
  let progress: Progress | null = null;
  let dirty = true;
  let lastWritten = -Infinity;

  const loop = async () => {
    while (!ended.signal.aborted) {
      if (dirty || clock.monotonic() - lastWritten >= SIGN_OF_LIFE_MS) {
        dirty = false;
        lastWritten = clock.monotonic();
        await write(derive(progress));
      }
      await clock.sleep(AT_MOST_EVERY_MS, ended.signal).catch(() => undefined);
    }
    await write(derive(null));
  };
  const running = loop();

  return {
    changed: (now: Progress | null) => {
      progress = now;
      dirty = true;
    },
    /** Writes the last status and ends. */
    end: async () => {
      ended.abort();
      await running;
    },
  };
}
