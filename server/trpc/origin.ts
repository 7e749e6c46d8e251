import { bearerOf } from "../auth/session.ts";
import { AppError } from "../platform/errors.ts";

/**
 * Refuses a write that another site made a browser send (with SameSite cookies the second wall). The origin must be the public address or the
 * host that the request came to. A request with an API token carries no cookie that counts, and one without origin and cookie is no browser's.
 */
export function refuseForeignOrigin(headers: Headers, publicUrl: URL): void {
  if (bearerOf(headers) !== null) return;
  const origin = headers.get("origin");
  if (origin === null && headers.get("cookie") === null) return;
  if (origin !== null && (origin === publicUrl.origin || isOwnHost(origin, headers))) return;
  throw new AppError("foreign-origin", { origin: origin ?? "unknown" });
}

function isOwnHost(origin: string, headers: Headers): boolean {
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return host !== null && /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, "") === host;
}
