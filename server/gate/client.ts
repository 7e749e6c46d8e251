import { request } from "node:http";
import { z } from "zod";
import type { Clock } from "../platform/clock.ts";
import { problemSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { parseJson } from "../platform/files.ts";
import { drainAnswerSchema, gateReportSchema } from "./contract.ts";
import type { DrainAnswer, DrainRequest, GateReport, SetGate } from "./contract.ts";

const ANSWER_MS = 10_000;
const PAUSE_MS = 100;
const refusalSchema = z.object({ problem: problemSchema });

export type GateClient = {
  report: () => Promise<GateReport>;
  /** When this returns, the state is durable and every request is served by it. */
  set: (wanted: SetGate) => Promise<GateReport>;
  drain: (wanted: DrainRequest) => Promise<DrainAnswer>;
};

/**
 * Talks to the gate through its socket. All commands may be repeated, so while the gate is being restarted they are, for `patienceSeconds`;
 * then `service-unreachable`. `gate-refused` when the gate answered that it did not do it.
 */
export function createGateClient(socketPath: string, clock: Clock, { patienceSeconds = 30 } = {}): GateClient {
  const call = async <S extends z.ZodType>(command: Command, answer: S): Promise<z.infer<S>> => {
    const deadline = clock.monotonic() + patienceSeconds * 1000;
    for (;;) {
      const result = await tryOnce(socketPath, command);
      if (result.kind === "answered") return understand(result, answer, command);
      if (clock.monotonic() + PAUSE_MS > deadline) {
        throw new AppError("service-unreachable", { service: "The gate", reason: result.error.message }, { cause: result.error });
      }
      await clock.sleep(PAUSE_MS);
    }
  };
  return {
    report: () => call({ method: "GET", path: "/state", body: null, answerMs: ANSWER_MS }, gateReportSchema),
    set: (wanted) => call({ method: "PUT", path: "/state", body: wanted, answerMs: ANSWER_MS }, gateReportSchema),
    drain: (wanted) =>
      call({ method: "POST", path: "/drain", body: wanted, answerMs: wanted.timeoutMs + ANSWER_MS }, drainAnswerSchema),
  };
}

type Command = { method: string; path: string; body: object | null; answerMs: number };
type Result = { kind: "answered"; status: number; text: string } | { kind: "silent"; error: Error };

function understand<S extends z.ZodType>(
  result: Result & { kind: "answered" },
  answer: S,
  { method, path }: Command,
): z.infer<S> {
  const from = `the gate's answer to ${method} ${path}`;
  if (result.status === 200) return parseJson(result.text, answer, from);
  throw new AppError("gate-refused", { reason: parseJson(result.text, refusalSchema, from).problem.happened });
}

function tryOnce(socketPath: string, { method, path, body, answerMs }: Command): Promise<Result> {
  return new Promise((resolve) => {
    const fail = (error: Error) => {
      resolve({ kind: "silent", error });
    };
    const signal = AbortSignal.timeout(answerMs);
    const sent = request({ socketPath, method, path, agent: false, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", fail);
      response.on("end", () => {
        resolve({ kind: "answered", status: response.statusCode ?? 0, text });
      });
    });
    sent.on("error", fail);
    sent.end(body === null ? undefined : JSON.stringify(body));
  });
}
