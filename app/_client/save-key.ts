import { isTRPCClientError } from "@trpc/client";
import type { TRPCLink } from "@trpc/client";
import { tap } from "@trpc/server/observable";
import type { AppRouter } from "../../server/trpc/root.ts";

const CONTEXT_KEY = "saveKey";

/**
 * What the server does not save once: their answers are not kept with a key, since they hold a secret or nobody is signed in. A key would say that
 * they may be sent again when the answer got lost, and there would be a second token whose twin nobody knows.
 */
const NOT_ONCE: ReadonlySet<string> = new Set([
  ...["tokens.create", "setup.create"],
  // An import's state says what has become of it; the page shows that instead of asking twice.
  ...["fromExport", "setMapping", "start", "cancel", "remove"].map((name) => `imports.${name}`),
  // Put away twice is put away.
  ...["look", "dismiss", "skip"].map((name) => `nag.${name}`),
  // They hold secrets, and a test that is sent again arrives again.
  ...["set", "remove", "test", "setQuiet"].map((name) => `messages.${name}`),
]);

/**
 * Gives each mutation the key by which the server saves it once, but for those that it does not. The key belongs to the action, not to the request: as long as nobody knows
 * whether a save arrived (no answer, or an answer that blames the server), the same save sent again carries the same key, also when it is the
 * person who presses the button again.
 */
export function saveKeyLink(): TRPCLink<AppRouter> {
  const unanswered = new Map<string, string>();
  return () =>
    ({ op, next }) => {
      if (op.type !== "mutation" || NOT_ONCE.has(op.path)) return next(op);
      const action = `${op.path} ${JSON.stringify(op.input)}`;
      const key = unanswered.get(action) ?? newKey();
      unanswered.set(action, key);
      return next({ ...op, context: { ...op.context, [CONTEXT_KEY]: key } }).pipe(
        tap({
          next: () => {
            unanswered.delete(action);
          },
          error: (error) => {
            if (isAnswer(error)) unanswered.delete(action);
          },
        }),
      );
    };
}

/** The key that `saveKeyLink` gave to an operation, if it gave one. */
export function saveKeyOf(op: { context: Record<string, unknown> }): string | null {
  const key = op.context[CONTEXT_KEY];
  return typeof key === "string" ? key : null;
}

/** Whether the server has decided: it understood the request and said no. */
function isAnswer(error: unknown): boolean {
  if (!isTRPCClientError<AppRouter>(error)) return false;
  const status = error.data?.httpStatus;
  return status !== undefined && status >= 400 && status < 500;
}

/** 128 random bits; not `randomUUID`, which browsers withhold from pages that came over plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
