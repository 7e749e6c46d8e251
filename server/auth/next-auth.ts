import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { AppError } from "../platform/errors.ts";
import { isNotReady } from "../platform/db-errors.ts";
import { sessionClaimsSchema, sessionCookie } from "./session.ts";
import type { SignInDeps } from "./sign-in.ts";
import { addressOf, signIn } from "./sign-in.ts";

const DAY = 24 * 60 * 60;

/**
 * next-auth for e-mail and password. It only seals and opens the cookie; whether a session still counts is looked up in the database for each
 * request (`personOf`).
 */
export function authOptions(deps: SignInDeps & { secret: string; secure: boolean }): NextAuthOptions {
  return {
    secret: deps.secret,
    session: { strategy: "jwt", maxAge: 30 * DAY, updateAge: DAY },
    useSecureCookies: deps.secure,
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: {
        name: sessionCookie(deps.secure),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: deps.secure },
      },
    },
    providers: [
      Credentials({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: async (credentials, request) => {
          const input = { email: credentials?.email, password: credentials?.password };
          const address = addressOf(new Headers(request.headers as Record<string, string> | undefined));
          try {
            return await signIn(input, address, deps);
          } catch (error) {
            // next-auth hands the message of a thrown error to the page as `error`: ours are codes of problems, never details.
            if (isNotReady(error)) throw new Error("database-not-ready", { cause: error });
            if (error instanceof AppError) throw new Error(error.problem.code, { cause: error });
            throw new Error("unexpected", { cause: error });
          }
        },
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => {
        const { data } = sessionClaimsSchema.safeParse({ sub: token.sub, ...(user as object | undefined) });
        return data === undefined ? token : { ...token, epoch: data.epoch, mark: data.mark };
      },
    },
  };
}
