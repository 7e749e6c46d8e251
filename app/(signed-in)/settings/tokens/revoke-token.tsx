"use client";

import { useMutation } from "@tanstack/react-query";
import type { Token } from "../../../../server/accounts/contract.ts";
import { AskFirst } from "../../../_client/ask-first.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useSaved } from "../../../_client/use-saved.ts";

/** Takes a token's right away, after asking. */
export function RevokeToken({ token }: { token: Token }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const revoke = useMutation(
    trpc.tokens.revoke.mutationOptions({
      onSuccess: () => saved({ changed: [trpc.tokens.pathKey()], say: `The token "${token.name}" was revoked.` }),
    }),
  );
  return (
    <AskFirst
      verb="Revoke"
      what={token.name}
      act={["Revoke token", "Revoking…"]}
      title={`Revoke "${token.name}"?`}
      description="What uses it stops working at once. This cannot be taken back, but a new token can be made."
      mutation={revoke}
      input={{ id: token.id }}
    />
  );
}
