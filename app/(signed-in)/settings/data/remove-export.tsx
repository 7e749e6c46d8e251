"use client";

import { useMutation } from "@tanstack/react-query";
import type { Export } from "../../../../server/exports/contract.ts";
import { AskFirst } from "../../../_client/ask-first.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useSaved } from "../../../_client/use-saved.ts";

/** Deletes an export, after asking. */
export function RemoveExport({ row, name }: { row: Export; name: string }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const remove = useMutation(
    trpc.exports.remove.mutationOptions({
      onSuccess: () => saved({ changed: [trpc.exports.list.queryKey()], say: "The export was deleted." }),
    }),
  );
  return (
    <AskFirst
      verb="Delete"
      what={name}
      act={["Delete export", "Deleting…"]}
      title={`Delete ${name}?`}
      description="Only this file is deleted. What is in FilaOps is not touched, and you can export again at any time."
      mutation={remove}
      input={{ id: row.id }}
    />
  );
}
