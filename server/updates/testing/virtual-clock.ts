import type { Clock } from "../../platform/clock.ts";

type Timer = { at: number; wake: () => void };

/**
 * Time that passes only when nothing else can happen: when all promises have settled, it jumps to the earliest sleeper. So hours of waiting
 * take microseconds, in the order in which they would happen.
 */
export function createVirtualClock(start = Date.UTC(2026, 0, 5, 8)): Clock {
  const timers = new Set<Timer>();
  let elapsed = 0;
  let pumping = false;

  const pump = () => {
    const [first] = [...timers].sort((a, b) => a.at - b.at);
    if (first === undefined) {
      pumping = false;
      return;
    }
    timers.delete(first);
    elapsed = Math.max(elapsed, first.at);
    first.wake();
    setImmediate(pump);
  };

  return {
    now: () => new Date(start + elapsed),
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = { at: elapsed + ms, wake: resolve };
        const stop = () => {
          timers.delete(timer);
          reject(new DOMException("aborted", "AbortError"));
        };
        if (signal?.aborted === true) {
          stop();
          return;
        }
        signal?.addEventListener("abort", stop, { once: true });
        timers.add(timer);
        if (!pumping) setImmediate(pump);
        pumping = true;
      }),
  };
}
