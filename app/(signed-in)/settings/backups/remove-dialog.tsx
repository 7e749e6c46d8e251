"use client";

import { useMutation } from "@tanstack/react-query";
import { Question } from "../../../_client/ask-first.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useSaved } from "../../../_client/use-saved.ts";
import { bytes, moment } from "../../../_update/words.ts";
import { madeAt } from "./backup-view.ts";
import type { BackupRow } from "./backup-view.ts";

/** Removes a backup, after asking. */
export function RemoveDialog({ row, onClose }: { row: BackupRow; onClose: () => void }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const remove = useMutation(
    trpc.backups.remove.mutationOptions({
      onSuccess: async () => {
        await saved({ changed: [trpc.backups.overview.queryKey()], say: "The backup was removed." });
      },
    }),
  );
  const { state, backup } = row;
  const freed = backup === null ? "" : ` ${bytes(backup.bytes)} become free.`;
  return (
    <Question
      title={`Remove the backup of ${moment(madeAt(row))}?`}
      description={
        state === "missing"
          ? "Its folder is gone already; this takes it off the list."
          : `It is deleted for good and cannot be brought back.${freed} What is in FilaOps now is not touched.`
      }
      act={["Remove backup", "Removing…"]}
      mutation={remove}
      input={{ backup: row.id }}
      onClose={onClose}
    />
  );
}
