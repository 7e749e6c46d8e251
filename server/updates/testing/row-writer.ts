import { z } from "zod";
import { systemClock } from "../../platform/clock.ts";

/** A save that was acknowledged: its number, the database that it went into, and when it was acknowledged. */
export type Saved = { key: string; number: string; oid: number; at: Date };

export type RowWriter = {
  /** What was acknowledged so far, in order. */
  saved: readonly Saved[];
  /** Answers that were no acknowledgement, by status (0: none came). */
  others: () => Record<number, number>;
  /** Resolves at the next acknowledgement. */
  next: (withinMs: number) => Promise<void>;
  stop: () => Promise<void>;
};

const savedSchema = z.object({ number: z.string(), oid: z.int() });
const EVERY_MS = 20;
const TIMEOUT_MS = 10_000;

/** Saves a row through the gate every now and then, as a person at work would who never asks twice. */
export function startRowWriter(url: string): RowWriter {
  const saved: Saved[] = [];
  const others: Record<number, number> = {};
  const stopping = new AbortController();
  let waiting: (() => void)[] = [];
  let count = 0;

  const saveOne = async (): Promise<void> => {
    count += 1;
    const key = `row ${count}`;
    const answer = await post(`${url}/rows`, { key, amount: (count % 97) / 4 });
    const acknowledged = savedSchema.safeParse(answer.body);
    if (answer.status !== 201 || !acknowledged.success) {
      others[answer.status] = (others[answer.status] ?? 0) + 1;
      return;
    }
    saved.push({ key, ...acknowledged.data, at: systemClock.now() });
    for (const wake of waiting) wake();
    waiting = [];
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await saveOne();
      await systemClock.sleep(EVERY_MS);
    }
  };
  const running = loop();

  return {
    saved,
    others: () => ({ ...others }),
    next: async (withinMs) => {
      const acknowledged = new Promise<void>((resolve) => void waiting.push(resolve));
      const late = systemClock.sleep(withinMs).then(() => {
        throw new Error(`nothing could be saved for ${withinMs} ms; answers so far: ${JSON.stringify(others)}`);
      });
      await Promise.race([acknowledged, late]);
      late.catch(() => undefined);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function post(url: string, body: object): Promise<{ status: number; body: unknown }> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const content: unknown = await answer.json().catch(() => null);
    return { status: answer.status, body: content };
  } catch {
    return { status: 0, body: null }; // no answer: whether it was saved nobody knows, and nobody was told so
  }
}
