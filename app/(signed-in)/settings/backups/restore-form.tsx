"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "../../../_client/trpc.tsx";
import { openDialog } from "../../../_update/desk.ts";
import { newKey } from "../../../_update/new-key.ts";
import { publicStatus } from "../../../_update/public-status.ts";
import { TypedConfirm } from "../../../_update/typed-confirm.tsx";

/** The last step before a restore. */
export function RestoreForm({ backup, plan, onClose }: { backup: string; plan: string; onClose: () => void }) {
  const restoring = useMutation(useTRPC().backups.restore.mutationOptions());
  const [idempotencyKey, setKey] = useState(newKey);
  const start = ({ password }: { password: string }) => {
    restoring.mutate(
      { backup, plan, idempotencyKey, password },
      {
        onSuccess: ({ run, joined }) => {
          publicStatus.refresh();
          onClose();
          openDialog({ kind: "run", run, joined });
        },
        // A wrong password was an answer: the next try is another act.
        onError: () => {
          setKey(newKey());
        },
      },
    );
  };
  return (
    <TypedConfirm
      label="Restore"
      act="Restore this backup"
      busy={restoring.isPending}
      error={restoring.error}
      onConfirm={start}
      onClose={onClose}
    />
  );
}
