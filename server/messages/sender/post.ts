import { Agent, request } from "undici";
import { pinnedLookup } from "../../platform/guarded-request.ts";
import type { Message, Order, Target } from "../contract.ts";
import { addressesOf, NotDelivered, unreachable } from "./place.ts";
import { SIGNATURE_HEADER, signatureOf } from "./signature.ts";

type Posted = { url: string; body: string; headers: Record<string, string> };
type Of<K extends Target["kind"]> = Order & { target: Extract<Target, { kind: K }> };

/** Posts a message to a webhook, signed. Returns the status; throws `NotDelivered`. */
export function sendWebhook({ message, target, secret, now, allowed }: Of<"webhook">): Promise<number> {
  const { id, event, level, at, farm, version, title, text, url, run } = message;
  const body = JSON.stringify({ id, event, level, at, farm, version, title, text, url, run });
  return post(
    {
      url: target.url,
      body,
      headers: {
        "x-filaops-event": event,
        "x-filaops-delivery": id,
        "idempotency-key": id,
        ...(secret === null ? {} : { [SIGNATURE_HEADER]: signatureOf(secret, now, body) }),
      },
    },
    allowed,
  );
}

/** Publishes a message to a topic. A server that knows sequence ids (2.16) shows a repetition in the place of the first one. */
export function sendNtfy({ message, target, secret, allowed }: Of<"ntfy">): Promise<number> {
  const { id, farm, title, text, url } = message;
  const body = JSON.stringify({
    topic: target.topic,
    title: `${farm}: ${title}`,
    message: text,
    priority: priorityOf(message),
    tags: [tagOf(message)],
    click: url,
    sequence_id: id,
  });
  return post({ url: target.server, body, headers: secret === null ? {} : { authorization: `Bearer ${secret}` } }, allowed);
}

/** ntfy's 1 to 5. */
function priorityOf({ event, level }: Message): number {
  if (event === "needs_attention" || level === "critical") return 5;
  return event === "backup.failed" || event === "update.rolled_back" || event === "backup.overdue" || level === "urgent" ? 4 : 3;
}

function tagOf({ event }: Message): string {
  if (event === "update.complete" || event === "test") return "white_check_mark";
  return event === "update.available" || event === "update.started" ? "package" : "warning";
}

const TIMEOUT_MS = 20_000;

async function post({ url, body, headers }: Posted, allowed: readonly string[]): Promise<number> {
  const target = new URL(url);
  const addresses = await addressesOf({ url: target, protocol: "http", encrypted: target.protocol === "https:", allowed });
  const agent = new Agent({ connect: { lookup: pinnedLookup(addresses), timeout: 10_000, autoSelectFamily: true } });
  try {
    const { statusCode, body: answer } = await request(target, {
      dispatcher: agent,
      method: "POST",
      body,
      headers: { "content-type": "application/json; charset=utf-8", "user-agent": "filaops", ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // What it says is nobody's to read, and how its connection ends is of no interest. Redirects are not followed: only the named place was looked at.
    answer.on("error", () => undefined);
    return accepted(statusCode);
  } catch (error) {
    throw unreachable(error, "http");
  } finally {
    await agent.destroy();
  }
}

function accepted(status: number): number {
  if (status >= 200 && status < 300) return status;
  const login = status === 401 || status === 403;
  const reason =
    status >= 300 && status < 400 ? "it sends us on to another address, which is not followed" : `it answered ${status}`;
  throw new NotDelivered({ kind: login ? "login" : "refused", protocol: "http", status, reason });
}
