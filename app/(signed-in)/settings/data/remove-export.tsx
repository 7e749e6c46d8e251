"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Export } from "../../../../server/exports/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Dialog, DialogActions, DialogClose } from "../../../_ui/dialog.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";

/** Deletes an export, after asking. */
export function RemoveExport({ row, name }: { row: Export; name: string }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const [open, setOpen] = useState(false);
  const remove = useMutation(
    trpc.exports.remove.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        await saved({ changed: [trpc.exports.list.queryKey()], say: "The export was deleted." });
      },
    }),
  );
  return (
    <Dialog
      title={`Delete ${name}?`}
      description="Only this file is deleted. What is in FilaOps is not touched, and you can export again at any time."
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" aria-label={`Delete ${name}`}>
          Delete
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
            remove.mutate({ id: row.id });
          }}
        >
          {remove.isPending ? "Deleting…" : "Delete export"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
