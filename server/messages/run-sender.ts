import { dirname, extname, join } from "node:path";
import { sibling } from "../platform/entry.ts";
import { isAppError } from "../platform/errors.ts";
import { run } from "../platform/process.ts";
import type { Order, SenderAnswer } from "./contract.ts";
import { senderAnswerSchema } from "./contract.ts";

/** Makes one delivery; never throws. */
export type Send = (order: Order) => Promise<SenderAnswer>;

/** Runs the sending program with this on its standard input, and returns what it printed. */
export type RunSender = (order: { id: string; input: string }) => Promise<string>;

const DEADLINE_MS = 40_000;

/**
 * Sends by a process of its own, since we hold all keys: it is given one message with the one secret that it needs, on its standard input. Whether it could read
 * more than that is `runSender`'s to say.
 */
export function createSender(runSender: RunSender): Send {
  return async (order) => {
    try {
      const printed = await runSender({ id: order.message.id, input: JSON.stringify(order) });
      return senderAnswerSchema.parse(JSON.parse(printed.trim().split("\n").at(-1) ?? ""));
    } catch (error) {
      const protocol = order.target.kind === "email" ? "smtp" : "http";
      return { ok: false, failure: { kind: "sender", protocol, status: null, reason: reasonOf(error) } };
    }
  };
}

/**
 * As a child process, where there are no containers. It may read no file but its own program, write nothing and start nothing: Node sees to that, which keeps our
 * own code and what it is sent from doing so, but would not keep foreign machine code from it, since the user is ours.
 */
export function childSender(program = sibling("send-message")): RunSender {
  // A bundle is alone with its chunks in its folder; a script of the source imports from all of it.
  const folder = extname(program) === ".ts" ? join(dirname(program), "..") : dirname(program);
  const words = ["--permission", `--allow-fs-read=${join(folder, "*")}`, program];
  return async ({ input }) => {
    const { stdout } = await run(process.execPath, words, { input, timeoutMs: DEADLINE_MS, dieWithParent: true });
    return stdout;
  };
}

/** Not what it wrote: that could be about what it was given. */
function reasonOf(error: unknown): string {
  if (isAppError(error, "took-too-long")) return "it took too long.";
  if (isAppError(error, "compose-failed")) {
    const isMissing = error.problem.happened.includes("no such service");
    return isMissing
      ? "compose.yaml does not declare the service `sender`."
      : "its container could not be started, or ended with an error.";
  }
  return "it ended with an error.";
}
