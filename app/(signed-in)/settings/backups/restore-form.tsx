"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../../../_client/trpc.tsx";
import { TypedConfirm } from "../../../_update/typed-confirm.tsx";
import { useBegin } from "../../../_update/use-begin.ts";

/** The last step before a restore. */
export function RestoreForm({ backup, plan, onClose }: { backup: string; plan: string; onClose: () => void }) {
  const restoring = useMutation(useTRPC().backups.restore.mutationOptions());
  const { idempotencyKey, follow } = useBegin(onClose);
  const start = ({ password }: { password: string }) => {
    restoring.mutate({ backup, plan, idempotencyKey, password }, follow);
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
