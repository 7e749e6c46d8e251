import { expect, test } from "vitest";
import type { Clock } from "../platform/clock.ts";
import { silentLog } from "../platform/log.ts";
import { keepRunning } from "./services.ts";

/** A clock that moves only when something sleeps or lives; it writes down the sleeps. */
function makeClock() {
  let now = 0;
  const sleeps: number[] = [];
  const clock: Clock = {
    now: () => new Date(now),
    monotonic: () => now,
    sleep: (ms) => {
      sleeps.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  return { clock, sleeps, pass: (ms: number) => (now += ms) };
}

test("a service that had started well is started again at once, one that dies young later each time", async () => {
  const { clock, sleeps, pass } = makeClock();
  const lives = [60_000, 10, 10, 10, 60_000, 10];
  const all = Promise.withResolvers<undefined>();
  const service = {
    name: "made up",
    run: (signal: AbortSignal) => {
      const life = lives.shift();
      if (life !== undefined) {
        pass(life);
        return life === 10 ? Promise.reject(new Error("made to fail")) : Promise.resolve();
      }
      all.resolve(undefined);
      return new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          resolve();
        });
      });
    },
  };
  const kept = keepRunning(service, { clock, log: silentLog });
  await all.promise;
  expect(sleeps).toEqual([0, 100, 200, 400, 0, 100]);
  await kept.stop();
});

test("stopping while it waits starts it no more", async () => {
  let starts = 0;
  const waiting = Promise.withResolvers<undefined>();
  const clock: Clock = {
    ...makeClock().clock,
    sleep: (_ms, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          reject(new Error("aborted"));
        });
        waiting.resolve(undefined);
      }),
  };
  const service = { name: "made up", run: () => Promise.resolve(void (starts += 1)) };
  const kept = keepRunning(service, { clock, log: silentLog });
  await waiting.promise;
  await kept.stop();
  expect(starts).toBe(1);
});
