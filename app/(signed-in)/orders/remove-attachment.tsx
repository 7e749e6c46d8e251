"use client";

import { useMutation } from "@tanstack/react-query";
import type { Attachment } from "../../../server/orders/contract.ts";
import { AskFirst } from "../../_client/ask-first.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { useSaved } from "../../_client/use-saved.ts";

/** Takes a file from an order, after asking. */
export function RemoveAttachment({ order, attachment }: { order: string; attachment: Attachment }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const remove = useMutation(
    trpc.orders.removeAttachment.mutationOptions({
      onSuccess: () => saved({ changed: [trpc.orders.pathKey()], say: `${attachment.fileName} was removed.` }),
    }),
  );
  return (
    <AskFirst
      verb="Remove"
      what={attachment.fileName}
      act={["Remove file", "Removing…"]}
      title={`Remove ${attachment.fileName}?`}
      description="It is taken from this order. If you still need it, download it first."
      mutation={remove}
      input={{ id: order, attachment: attachment.id }}
    />
  );
}
