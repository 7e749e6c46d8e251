import { publicStatusSchema } from "../../server/updates/contract.ts";
import type { PublicStatus } from "../../server/updates/contract.ts";

const EVENTS = "/_upgrade/events";
const STATUS = "/_upgrade/status";
/** Events come at least once a second while a run is under way; silence beyond this means that the stream is dead, not that all is quiet. */
const SILENCE_MS = 15_000;
const POLL_MS = 2000;
const IDLE_POLL_MS = 30_000;
const LONGEST_BACKOFF_MS = 15_000;

/** What a tab knows of the last run. `quiet`: no answer for a while, so `status` is old. */
export type PublicStatusView = { status: PublicStatus | null; known: boolean; quiet: boolean };

/** The parts of an EventSource that are used. */
export type EventStream = {
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onerror: (() => void) | null;
  close: () => void;
};

export type PublicStatusDeps = {
  open: (url: string) => EventStream;
  fetch: (url: string, signal: AbortSignal) => Promise<Response>;
  setTimer: (act: () => void, ms: number) => () => void;
  /** Whether somebody can see this tab, and when that changes. */
  visible: () => boolean;
  onVisibility: (listener: () => void) => () => void;
};

/**
 * Follows the public status through the event stream, and by asking when the stream is silent or broken; comes back after a restart of the app
 * and of the gate by itself, with growing pauses between tries. One connection however many subscribers; none without subscribers, and none in
 * a tab that nobody sees: browsers allow six connections per server, and a seventh tab would hang.
 */
export function createPublicStatus(deps: PublicStatusDeps) {
  let view: PublicStatusView = { status: null, known: false, quiet: false };
  let stream: EventStream | null = null;
  let failures = 0;
  let cancelTimer: (() => void) | null = null;
  let polling: AbortController | null = null;
  let stopWatching: (() => void) | null = null;
  const listeners = new Set<() => void>();

  const publish = (next: PublicStatusView) => {
    view = next;
    for (const listener of listeners) listener();
  };
  const after = (act: () => void, ms: number) => {
    cancelTimer?.();
    cancelTimer = deps.setTimer(act, ms);
  };
  const take = (status: PublicStatus | null) => {
    failures = 0;
    // A stream of the time before may still deliver; a run that has ended does not run again.
    const stale = status !== null && view.status?.run === status.run && status.updatedAt < view.status.updatedAt;
    publish({ status: stale ? view.status : status, known: true, quiet: false });
  };
  const openStream = () => {
    stream?.close();
    const opened = deps.open(EVENTS);
    stream = opened;
    opened.onmessage = (event) => {
      const status = parse(event.data);
      if (status !== undefined) take(status);
      after(ask, isOpen(view.status) ? SILENCE_MS : IDLE_POLL_MS);
    };
    opened.onerror = () => {
      opened.close();
      if (stream === opened) stream = null;
      after(ask, backoff(failures));
    };
    after(ask, SILENCE_MS);
  };
  const ask = () => {
    polling?.abort();
    const asking = new AbortController();
    polling = asking;
    const stopWaiting = deps.setTimer(() => {
      asking.abort();
    }, SILENCE_MS);
    void fetchStatus(deps, asking.signal).then((answer) => {
      stopWaiting();
      if (polling !== asking) return;
      polling = null;
      if (answer === undefined) {
        failures += 1;
        publish({ ...view, quiet: failures > 1 });
        after(ask, backoff(failures));
        return;
      }
      take(answer);
      // The gate answers again: back to the stream, and one more question soon in case the stream stays silent.
      if (stream === null) openStream();
      after(ask, isOpen(answer) ? POLL_MS : IDLE_POLL_MS);
    });
  };

  const disconnect = () => {
    stream?.close();
    stream = null;
    polling?.abort();
    polling = null;
    cancelTimer?.();
  };
  const follow = () => {
    disconnect();
    if (listeners.size > 0 && deps.visible()) openStream();
  };

  return {
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      if (listeners.size === 1) {
        stopWatching = deps.onVisibility(follow);
        follow();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stopWatching?.();
        disconnect();
      };
    },
    get: () => view,
    /** Asks now, for instance after a run was started. */
    refresh: ask,
  };
}

/** Whether a run is under way. */
export function isOpen(status: PublicStatus | null): status is PublicStatus {
  return status !== null && status.outcome === null;
}

/** The status that all parts of this tab share. */
export const publicStatus = createPublicStatus({
  open: (url) => new EventSource(url) as EventStream,
  fetch: (url, signal) => fetch(url, { cache: "no-store", signal }),
  setTimer: (act, ms) => {
    const timer = setTimeout(act, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  visible: () => document.visibilityState === "visible",
  onVisibility: (listener) => {
    document.addEventListener("visibilitychange", listener);
    return () => {
      document.removeEventListener("visibilitychange", listener);
    };
  },
});

/** Whether this tab knows of a run under way; for what is no component. */
export function updateUnderWay(): boolean {
  return isOpen(publicStatus.get().status);
}

/** `undefined`: not to be understood; `null`: there is no run to tell of. */
function parse(text: string): PublicStatus | null | undefined {
  if (text === "" || text === "null") return null;
  try {
    const parsed = publicStatusSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

async function fetchStatus(deps: PublicStatusDeps, signal: AbortSignal): Promise<PublicStatus | null | undefined> {
  try {
    const response = await deps.fetch(STATUS, signal);
    if (response.status === 204) return null;
    return response.ok ? parse(await response.text()) : undefined;
  } catch {
    // No connection: the same as no answer; the caller asks again.
    return undefined;
  }
}

function backoff(failures: number): number {
  return Math.min(1000 * 2 ** Math.max(0, failures - 1), LONGEST_BACKOFF_MS);
}
