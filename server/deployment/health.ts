import { AppError } from "../platform/errors.ts";
import { fetchLimited } from "../platform/http.ts";
import type { Health, HealthAnswer, Instance } from "./contract.ts";
import { healthAnswerSchema } from "./contract.ts";

const TIMEOUT_MS = 2000;
const MAX_BYTES = 64 * 1024;

/** Asks a living instance for its health; ready only when it is the version that the slot should have. */
export async function askHealth(instance: Instance): Promise<Health> {
  let status: number;
  let body: Buffer;
  try {
    const url = `http://${instance.host}:${instance.port}/api/health`;
    ({ status, body } = await fetchLimited(url, { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: "silent", reason: error.problem.happened };
  }
  const answer = parse(body);
  if (answer === null) return { kind: "not-ready", answer, reason: `it answered HTTP ${status}, but not with its health` };
  if (answer.version !== instance.version) {
    return { kind: "not-ready", answer, reason: `version ${answer.version} answers instead of ${instance.version}` };
  }
  if (status === 200 && answer.status === "ready") return { kind: "ready", answer };
  return { kind: "not-ready", answer, reason: answer.reason ?? `it answered HTTP ${status}` };
}

function parse(body: Buffer): HealthAnswer | null {
  try {
    return healthAnswerSchema.safeParse(JSON.parse(body.toString("utf8"))).data ?? null;
  } catch {
    return null; // not JSON: an answer like any other wrong one
  }
}
