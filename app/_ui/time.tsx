"use client";

import { useSyncExternalStore } from "react";
import { exactTime, relativeTime, utcTime } from "./time-words.ts";

const TICK_MS = 15_000;
const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function currentTime(): number {
  if (now === 0) now = Date.now();
  return now;
}

/** The reader's clock, moving in small steps; `null` while the server renders and until the page is alive, so that both agree. */
export function useNow(): number | null {
  return useSyncExternalStore<number | null>(subscribe, currentTime, () => null);
}

/**
 * An instant: relative when near ("10 minutes ago"), else the date, in the reader's zone; exact on hover. Before the page is alive it is shown
 * in UTC and says so.
 */
export function Time({ at }: { at: string | Date }) {
  const reader = useNow();
  const instant = typeof at === "string" ? new Date(at) : at;
  if (reader === null) return <time dateTime={instant.toISOString()}>{utcTime(instant)}</time>;
  return (
    <time dateTime={instant.toISOString()} title={exactTime(instant)}>
      {relativeTime(instant, reader)}
    </time>
  );
}
