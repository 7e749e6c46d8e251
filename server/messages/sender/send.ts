import type { Order, SenderAnswer } from "../contract.ts";
import { NotDelivered } from "./place.ts";
import { sendNtfy, sendWebhook } from "./post.ts";
import { sendMail } from "./smtp.ts";

/** Makes one delivery and says what came of it; never throws. Runs in a process of its own that can read nothing of the home. */
export async function send(order: Order): Promise<SenderAnswer> {
  try {
    return { ok: true, status: await sendTo(order) };
  } catch (error) {
    if (error instanceof NotDelivered) return { ok: false, failure: error.failure };
    // Its words could hold what is being sent; what kind of error it is cannot.
    const reason = error instanceof Error ? error.name.slice(0, 100) : "unknown";
    return {
      ok: false,
      failure: { kind: "sender", protocol: order.target.kind === "email" ? "smtp" : "http", status: null, reason },
    };
  }
}

function sendTo(order: Order): Promise<number> {
  const { target } = order;
  switch (target.kind) {
    case "email":
      return sendMail({ ...order, target });
    case "webhook":
      return sendWebhook({ ...order, target });
    case "ntfy":
      return sendNtfy({ ...order, target });
  }
}
