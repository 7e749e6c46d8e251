"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Token } from "../../../../server/accounts/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Dialog, DialogActions, DialogClose } from "../../../_ui/dialog.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";

/** Takes a token's right away, after asking. */
export function RevokeToken({ token }: { token: Token }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const [open, setOpen] = useState(false);
  const revoke = useMutation(
    trpc.tokens.revoke.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        await saved({ changed: [trpc.tokens.pathKey()], say: `The token "${token.name}" was revoked.` });
      },
    }),
  );
  return (
    <Dialog
      title={`Revoke "${token.name}"?`}
      description="What uses it stops working at once. This cannot be taken back, but a new token can be made."
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" aria-label={`Revoke ${token.name}`}>
          Revoke
        </Button>
      }
    >
      {revoke.isError ? <ProblemBanner problem={problemOf(revoke.error)} /> : null}
      <DialogActions>
        <DialogClose>
          <Button>Keep it</Button>
        </DialogClose>
        <Button
          variant="danger"
          busy={revoke.isPending}
          onClick={() => {
            revoke.mutate({ id: token.id });
          }}
        >
          {revoke.isPending ? "Revoking…" : "Revoke token"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
