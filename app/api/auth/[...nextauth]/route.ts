import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { authOptions } from "../../../../server/auth/next-auth.ts";
import { refuseForeignOrigin } from "../../../../server/trpc/origin.ts";
import { web } from "../../../../server/trpc/web.ts";
import { AppError } from "../../../../server/platform/errors.ts";
import { notReady, standardHeaders } from "../../../_server/refusals.ts";

type Context = { params: Promise<{ nextauth: string[] }> };

/** What next-auth answers with 401 although the password was not the reason. */
const STATUS: Record<string, number> = { "too-many-attempts": 429, "database-not-ready": 503, unexpected: 500 };

/** Sign-in, sign-out, and what next-auth's own client asks. */
async function handler(request: NextRequest, context: Context): Promise<Response> {
  const instance = web();
  if (request.method === "POST") {
    const refused = foreign(request) ?? (await notReady());
    if (refused !== null) return refused;
  }
  const answer = (await NextAuth(request, context, authOptions(instance))) as Response;
  const response = await withStatus(answer);
  for (const [name, value] of Object.entries(standardHeaders(instance))) response.headers.set(name, value);
  return response;
}

/** Signing somebody in from another site would let them work in a stranger's account; next-auth's own token is the first wall. */
function foreign(request: NextRequest): Response | null {
  try {
    refuseForeignOrigin(request.headers, web().publicUrl);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return Response.json({ error: error.problem }, { status: 403, headers: standardHeaders(web()) });
  }
}

/** next-auth says every failure with 401 and a code inside of an address; those that are no wrong password get their own status. */
async function withStatus(answer: Response): Promise<Response> {
  if (answer.status !== 401) return new Response(answer.body, answer);
  const text = await answer.text();
  const error = /[?&]error=([a-z-]+)/.exec(text)?.[1] ?? "";
  return new Response(text, { status: STATUS[error] ?? 401, headers: answer.headers });
}

export { handler as GET, handler as POST };
