import { IDEMPOTENCY_HEADER, NOT_READY_HEADER, REFUSED_HEADER } from "../../server/trpc/contract.ts";
import { buildNotingFetch } from "./build.ts";
import { updateUnderWay } from "./public-status.ts";
import { waitingSaves } from "./waiting-saves.ts";
import type { WaitingSaves } from "./waiting-saves.ts";

/** Longer than any pause that the plan would not have announced; after it the person is told and keeps the text. */
const DEADLINE_MS = 5 * 60_000;
/** Without an update, the gate or the app comes back within seconds or something else is wrong, say the Wi-Fi. */
const RESTART_MS = 15_000;
const DEFAULT_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

/** A save that was not answered in time. The message is meant for the person; what they typed is still in the form. */
export class SaveNotAnswered extends Error {
  override readonly name = "SaveNotAnswered";
}

export type PausedFetchDeps = {
  fetch: typeof fetch;
  sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** Monotonic milliseconds. */
  now: () => number;
  waiting: WaitingSaves;
  /** Whether a run is known to be under way. */
  updating: () => boolean;
};

/**
 * A `fetch` for saves. A save that an update refuses (503 with `x-filaops-refused`), or whose result got lost in the switch (502
 * `unknown-result`, a broken connection), is sent again with the same idempotency key until it is answered, so the caller sees one answer and
 * the server saves once. What must not be repeated, a request without a key whose result is unknown, is handed to the caller as it is.
 */
export function createPausedFetch(deps: PausedFetchDeps): typeof fetch {
  return async (input, init) => {
    const repeatable = keyOf(input, init) !== null;
    const signal = signalOf(init);
    const startedAt = deps.now();
    let endWaiting: (() => void) | null = null;
    try {
      for (;;) {
        const attempt = await tryOnce(deps.fetch, input, init);
        const verdict = judge(attempt, repeatable);
        if (verdict.do === "answer") return verdict.response;
        if (verdict.do === "fail") throw verdict.error;
        signal?.throwIfAborted();
        if (verdict.refused || deps.updating()) endWaiting ??= deps.waiting.begin();
        const patience = endWaiting === null ? RESTART_MS : DEADLINE_MS;
        if (deps.now() - startedAt + verdict.waitMs > patience) throw giveUp(attempt, verdict.refused);
        await deps.sleep(verdict.waitMs, signal);
      }
    } finally {
      endWaiting?.();
    }
  };
}

/** The `fetch` of tRPC's link for mutations. */
export const pausedFetch: typeof fetch = createPausedFetch({
  fetch: buildNotingFetch,
  sleep,
  now: () => performance.now(),
  waiting: waitingSaves,
  updating: updateUnderWay,
});

type Attempt = { kind: "answered"; response: Response } | { kind: "broken"; error: unknown };

async function tryOnce(send: typeof fetch, input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Attempt> {
  try {
    // A Request's body can be read once only, so each attempt gets a copy.
    return { kind: "answered", response: await send(input instanceof Request ? input.clone() : input, init) };
  } catch (error) {
    return { kind: "broken", error };
  }
}

type Verdict =
  | { do: "answer"; response: Response }
  | { do: "fail"; error: unknown }
  /** `refused` means that the server said it saved nothing; otherwise the result is unknown. */
  | { do: "again"; refused: boolean; waitMs: number };

function judge(attempt: Attempt, repeatable: boolean): Verdict {
  if (attempt.kind === "broken") {
    const broken = attempt.error instanceof TypeError;
    return broken && repeatable ? { do: "again", refused: false, waitMs: DEFAULT_WAIT_MS } : { do: "fail", error: attempt.error };
  }
  const { response } = attempt;
  const mark = response.headers.get(REFUSED_HEADER);
  const notReady = response.headers.get(NOT_READY_HEADER) !== null;
  if (mark === null && !notReady) return { do: "answer", response };
  // A database that is not ready may have gone away after it had saved.
  const unknown = notReady || mark === "unknown-result" || response.status === 502;
  if (unknown && !repeatable) return { do: "answer", response };
  // An answer that is not read to its end keeps its connection busy.
  void response.body?.cancel();
  return { do: "again", refused: !unknown, waitMs: retryAfterMs(response.headers.get("retry-after")) };
}

/** `Retry-After` in seconds, as our gate writes it; anything else is a second. */
function retryAfterMs(header: string | null): number {
  const seconds = Number(header ?? "");
  if (header === null || !Number.isFinite(seconds) || seconds <= 0) return DEFAULT_WAIT_MS;
  return Math.min(seconds * 1000, LONGEST_WAIT_MS);
}

function signalOf(init: RequestInit | undefined): AbortSignal | undefined {
  return init?.signal ?? undefined;
}

function keyOf(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): string | null {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
  return headers.get(IDEMPOTENCY_HEADER);
}

function giveUp(attempt: Attempt, refused: boolean): Error {
  const words = refused
    ? "FilaOps is still being updated, so this is not saved yet. What you typed is still here: save it again in a moment."
    : "FilaOps did not answer, so we do not know whether this was saved. What you typed is still here: save it again as it is; it will not be saved twice.";
  return new SaveNotAnswered(words, attempt.kind === "broken" ? { cause: attempt.error } : {});
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
