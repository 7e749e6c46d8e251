import type { Target } from "../contract.ts";

/** Whether a secret that was given for one place may be used for another without being typed in again: it is not sent to whatever is typed in beside it. */
export function isSamePlace(known: Target, wanted: Target): boolean {
  if (known.kind === "email" && wanted.kind === "email") {
    const weaker = wanted.encryption === "none" && known.encryption !== "none";
    return known.host === wanted.host && known.port === wanted.port && known.user === wanted.user && !weaker;
  }
  if (known.kind === "webhook" && wanted.kind === "webhook") return origin(known.url) === origin(wanted.url);
  return known.kind === "ntfy" && wanted.kind === "ntfy" && origin(known.server) === origin(wanted.server);
}

/** Whether nothing can be sent there without one. */
export function needsSecret(target: Target): boolean {
  return target.kind === "webhook" || (target.kind === "email" && target.user !== "");
}

function origin(address: string): string {
  return new URL(address).origin;
}
