"use client";

import { signIn } from "next-auth/react";

export type SignInAnswer = "signed-in" | "wrong" | "too-often" | "no-answer";

/** Signs in with e-mail and password; says in one word how it went. */
export async function signInWithPassword(email: string, password: string): Promise<SignInAnswer> {
  try {
    const answer = await signIn("credentials", { email, password, redirect: false });
    if (answer?.ok === true) return "signed-in";
    if (answer?.error === "too-many-attempts") return "too-often";
    return answer?.error === "CredentialsSignin" ? "wrong" : "no-answer";
  } catch {
    return "no-answer";
  }
}

/** The address to go to after signing in: one of ours, whatever the query says. */
export function safeReturnAddress(asked: string | null, origin: string): string {
  if (asked?.startsWith("/") !== true) return "/";
  const address = URL.canParse(asked, origin) ? new URL(asked, origin) : null;
  return address?.origin === origin ? `${address.pathname}${address.search}${address.hash}` : "/";
}
