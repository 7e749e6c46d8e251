import { setTimeout as delay } from "node:timers/promises";
import { readEnv } from "../../server/platform/env.ts";
import type { LoadAnswer } from "./load-contract.ts";
import { loadOrderSchema } from "./load-contract.ts";

/**
 * A process of load: asks, prints one JSON line for every answer, pauses a little, asks again, until its standard input ends. It never asks
 * a second time for what was not answered well: everything that is not 2xx, every reset and every time-out is counted.
 */
export async function loadLoop(
  ask: (order: { base: string; cookies: string; name: string }, turn: number) => Promise<Asked>,
): Promise<void> {
  const order = loadOrderSchema.parse(JSON.parse(readEnv("FILAOPS_LOAD") ?? ""));
  const ended = new AbortController();
  process.stdin.on("end", () => {
    ended.abort();
  });
  process.stdin.resume();
  for (let turn = 0; !ended.signal.aborted; turn += 1) {
    const at = Date.now();
    const begun = performance.now();
    const asked = await ask(order, turn).catch((error: unknown): Asked => ({ kind: "failed", what: String(error) }));
    const answer: LoadAnswer = { at, ms: performance.now() - begun, ...asked };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    await delay(PAUSE_MS);
  }
}

export type Asked = Pick<LoadAnswer, "kind" | "saved" | "what">;

const PAUSE_MS = 20;

/** Longer than the gate holds anything. */
export const TIMEOUT_MS = 40_000;
