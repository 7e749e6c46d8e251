import { NextResponse } from "next/server";
import type { NextRequest } from "next/server";
import { PATH_HEADER } from "./app/_server/path-header.ts";
import { notReady } from "./app/_server/refusals.ts";
import { readEnv } from "./server/platform/env.ts";

/**
 * What every page has in common, before it is rendered: "not ready" while the database is not ours to read, which the gate understands and asks
 * again; the address that was asked for, for the way back after signing in; and the content security policy with this answer's nonce, which
 * Next puts on its own scripts. It decides nothing about who may see what: pages and procedures do that themselves.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const unready = await notReady();
  if (unready !== null) return unready;
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const policy = contentSecurityPolicy(nonce, readEnv("NODE_ENV") === "development");
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy);
  headers.set(PATH_HEADER, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = { matcher: ["/((?!api/|_next/static|_next/image|favicon.ico|icon.svg).*)"] };

function contentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  return [
    "default-src 'self'",
    // React's development build explains errors with eval.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    // Radix writes its scroll lock and positions as inline styles. No scripts come of it, and nothing can be loaded from elsewhere.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
