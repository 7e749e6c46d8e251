"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Attachment } from "../../../server/orders/contract.ts";
import { problemOf } from "../../_client/problem.ts";
import { useTRPC } from "../../_client/trpc.tsx";
import { useSaved } from "../../_client/use-saved.ts";
import { Button } from "../../_ui/button.tsx";
import { Dialog, DialogActions, DialogClose } from "../../_ui/dialog.tsx";
import { ProblemBanner } from "../../_ui/problem-banner.tsx";

/** Takes a file from an order, after asking. */
export function RemoveAttachment({ order, attachment }: { order: string; attachment: Attachment }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const [open, setOpen] = useState(false);
  const remove = useMutation(
    trpc.orders.removeAttachment.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        await saved({ changed: [trpc.orders.pathKey()], say: `${attachment.fileName} was removed.` });
      },
    }),
  );
  return (
    <Dialog
      title={`Remove ${attachment.fileName}?`}
      description="It is taken from this order. If you still need it, download it first."
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" aria-label={`Remove ${attachment.fileName}`}>
          Remove
        </Button>
      }
    >
      {remove.isError ? <ProblemBanner problem={problemOf(remove.error)} /> : null}
      <DialogActions>
        <DialogClose>
          <Button>Keep it</Button>
        </DialogClose>
        <Button
          variant="danger"
          busy={remove.isPending}
          onClick={() => {
            remove.mutate({ id: order, attachment: attachment.id });
          }}
        >
          {remove.isPending ? "Removing…" : "Remove file"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
