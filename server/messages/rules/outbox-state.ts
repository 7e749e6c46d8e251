import type { Delivery, OutboxLine, Told } from "../contract.ts";

/** What the lines of an outbox say: all deliveries, oldest first, and what was told at all. */
export type OutboxState = { deliveries: Delivery[]; told: Told[] };

/** Folds the lines in their order. A line about a delivery that is not there any more says nothing. */
export function outboxState(lines: readonly OutboxLine[]): OutboxState {
  const deliveries = new Map<string, Delivery>();
  const told: Told[] = [];
  for (const line of lines) {
    if (line.type === "told") {
      told.push({ key: line.key, channel: line.channel, event: line.event, at: line.at, runKind: null });
    } else if (line.type === "queued") {
      const { key, channel, where, message, at, id } = line;
      const fresh = { attempts: 0, at, again: null, problem: null, why: null };
      deliveries.set(id, { id, key, channel, where, message, queuedAt: at, state: "waiting", ...fresh });
      told.push({ key, channel, event: message.event, at, runKind: message.run?.kind ?? null });
    } else {
      const known = deliveries.get(line.id);
      if (known !== undefined) deliveries.set(line.id, after(known, line));
    }
  }
  return { deliveries: [...deliveries.values()], told };
}

function after(known: Delivery, line: Exclude<OutboxLine, { type: "queued" | "told" }>): Delivery {
  const { at } = line;
  switch (line.type) {
    case "sending":
      return { ...known, at, state: "sending", attempts: line.attempt, again: null };
    case "sent":
      return { ...known, at, state: "sent", again: null, problem: null };
    case "failed":
      return { ...known, at, state: line.again === null ? "failed" : "waiting", again: line.again, problem: line.problem };
    case "dropped":
      return { ...known, at, state: "dropped", again: null, why: line.why };
  }
}

/** Whether nothing will happen to it any more. */
export function isOver({ state }: Pick<Delivery, "state">): boolean {
  return state === "sent" || state === "failed" || state === "dropped";
}

/** Whether it may be tried now. One that was being sent when we were ended counts as one that was not: it may arrive twice, and has the same id then. */
export function isDue({ state, again }: Delivery, now: Date): boolean {
  if (state === "sending") return true;
  // An instant absurdly far ahead was written by a clock that was wrong.
  const ahead = again === null ? 0 : Date.parse(again) - now.getTime();
  return state === "waiting" && (ahead <= 0 || ahead > 24 * 3_600_000);
}

/** How many deliveries that are over stay whole, for the log. */
const KEPT = 200;

/** The lines of a shorter outbox that says the same: of the older deliveries only that they were told. */
export function compacted(lines: readonly OutboxLine[]): OutboxLine[] {
  const over = outboxState(lines).deliveries.filter((one) => isOver(one));
  const old = new Map(over.slice(0, Math.max(0, over.length - KEPT)).map((one) => [one.id, one]));
  return lines.flatMap((line): OutboxLine[] => {
    if (line.type === "told" || !old.has(line.id)) return [line];
    if (line.type !== "queued" || line.message.event === "test") return [];
    const { at, id, key, channel, message } = line;
    return [{ type: "told", v: 1, at, id, key, channel, event: message.event }];
  });
}
