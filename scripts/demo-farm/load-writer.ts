import { randomUUID } from "node:crypto";
import { refusalSchema } from "../../server/gate/contract.ts";
import type { Asked } from "./load-process.ts";
import { TIMEOUT_MS, loadLoop } from "./load-process.ts";

/** Saves a customer, over and over. A refusal is only right with 503, `Retry-After` and a reason in JSON. */
await loadLoop(async ({ base, cookies, name }, turn) => {
  const saved = `${name} ${turn} ${randomUUID()}`;
  const answer = await fetch(`${base}/api/v1/customers`, {
    method: "POST",
    headers: { cookie: cookies, origin: base, "content-type": "application/json", "x-idempotency-key": randomUUID() },
    body: JSON.stringify({ name: saved, email: "", phone: "", address: "", notes: "" }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = await answer.text();
  if (answer.ok) return { kind: "ok", saved };
  return isRefusal(answer, body) ? { kind: "refused" } : failed(answer, body);
});

function isRefusal(answer: Response, body: string): boolean {
  if (answer.status !== 503 || !/^\d+$/.test(answer.headers.get("retry-after") ?? "")) return false;
  try {
    return refusalSchema.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

function failed(answer: Response, body: string): Asked {
  return { kind: "failed", what: `${answer.status} ${body.slice(0, 200)}` };
}
