"use client";

import { useEffect, useRef, useState } from "react";
import { noteSignIn } from "../_client/just-signed-in.ts";
import { safeReturnAddress, signInWithPassword } from "../_client/sign-in.ts";
import type { SignInAnswer } from "../_client/sign-in.ts";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { Button } from "../_ui/button.tsx";
import { Field, Input } from "../_ui/field.tsx";

const WORDS: Record<Exclude<SignInAnswer, "signed-in">, { title: string; text: string }> = {
  wrong: {
    title: "E-mail and password do not match.",
    text: "Please look at both again. If you do not know your password any more, the owner of the farm can give you a new one.",
  },
  "too-often": {
    title: "There were too many attempts.",
    text: "To keep guessers out, signing in rests for a while. Please try again in a few minutes.",
  },
  "no-answer": { title: "FilaOps did not answer.", text: "Look whether you are still connected, then try again." },
};

/** E-mail and password; afterwards the page that was asked for. */
export function SignInForm({ returnTo }: { returnTo: string | null }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Exclude<SignInAnswer, "signed-in"> | null>(null);
  const banner = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (answer !== null) banner.current?.focus();
  }, [answer]);

  async function submit(): Promise<void> {
    setBusy(true);
    setAnswer(null);
    const result = await signInWithPassword(email, password);
    if (result === "signed-in") {
      noteSignIn();
      // A fresh page: nothing of who was signed in before may stay in memory.
      window.location.assign(safeReturnAddress(returnTo, window.location.origin));
      return;
    }
    setAnswer(result);
    setBusy(false);
  }

  return (
    <form
      aria-label="Sign in"
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      {answer === null ? null : (
        <div ref={banner} tabIndex={-1} className="rounded-box">
          <AlertBanner tone="danger" role="alert" title={WORDS[answer].title}>
            {WORDS[answer].text}
          </AlertBanner>
        </div>
      )}
      <Field label="E-mail">
        <Input
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => {
            setEmail(event.target.value);
          }}
        />
      </Field>
      <Field label="Password">
        <Input
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
          }}
        />
      </Field>
      <Button type="submit" variant="primary" busy={busy} className="w-full">
        {busy ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
