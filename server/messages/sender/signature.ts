import { createHmac } from "node:crypto";

/** The header that tells a receiver that we sent this very body, and when. Documented for people in docs/messages.md; a promise. */
export const SIGNATURE_HEADER = "x-filaops-signature";

/** `t=<seconds since 1970>,v1=<hex>`: HMAC-SHA-256 with the channel's secret over `<t>.<body>`. */
export function signatureOf(secret: string, now: number, body: string): string {
  return `t=${now},v1=${createHmac("sha256", secret).update(`${now}.${body}`).digest("hex")}`;
}
