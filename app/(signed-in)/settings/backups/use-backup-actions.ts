"use client";

import { useMutation } from "@tanstack/react-query";
import type { Problem } from "../../../../server/platform/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useNotify } from "../../../_ui/notify.tsx";
import { newKey } from "../../../_update/new-key.ts";
import { archivePath } from "./send-backup.ts";
import { useRefreshBackups } from "./use-backups.ts";

export type BackupActions = {
  /** What went wrong with the last of them. */
  problem: Problem | null;
  check: (backup: string) => void;
  prove: (backup: string) => void;
  keep: (backup: string, keep: boolean) => void;
  download: (backup: string) => void;
};

/** What can be done with a backup at once, without a question. */
export function useBackupActions(): BackupActions {
  const trpc = useTRPC();
  const { notify } = useNotify();
  const onSuccess = useRefreshBackups();
  const verify = useMutation(trpc.backups.verify.mutationOptions({ onSuccess }));
  const drill = useMutation(trpc.backups.drill.mutationOptions({ onSuccess }));
  const keep = useMutation(
    trpc.backups.keep.mutationOptions({
      onSuccess: async (done) => {
        notify(done.keep ? "This backup is kept until you say otherwise." : "This backup goes when the rules say so.");
        await onSuccess();
      },
    }),
  );
  const ticket = useMutation(
    trpc.backups.downloadTicket.mutationOptions({
      onSuccess: (issued) => {
        // An attachment: the page stays where it is.
        window.location.assign(archivePath(issued.ticket));
      },
    }),
  );
  const resetAll = () => {
    ticket.reset();
    verify.reset();
    drill.reset();
    keep.reset();
  };
  const error = verify.error ?? drill.error ?? keep.error ?? ticket.error;
  return {
    problem: error === null ? null : problemOf(error),
    check: (backup) => {
      resetAll();
      verify.mutate({ backup, idempotencyKey: newKey() });
    },
    prove: (backup) => {
      resetAll();
      drill.mutate({ backup, idempotencyKey: newKey() });
    },
    download: (backup) => {
      resetAll();
      ticket.mutate({ backup });
    },
    keep: (backup, wanted) => {
      resetAll();
      keep.mutate({ backup, keep: wanted });
    },
  };
}
