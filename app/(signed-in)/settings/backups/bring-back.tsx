"use client";

import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { RefusedRequest } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Dialog, DialogActions } from "../../../_ui/dialog.tsx";
import { Field, Input } from "../../../_ui/field.tsx";
import { useNotify } from "../../../_ui/notify.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { problemOf } from "../../../_client/problem.ts";
import { receivedWords } from "./backup-view.ts";
import { sendBackup } from "./send-backup.ts";
import { useRefreshBackups } from "./use-backups.ts";

/** Takes back a backup that was downloaded before. It is only listed; restoring it is another act. */
export function BringBack({ busy }: { busy: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title="Bring back a backup file"
      description="Choose a file that you downloaded from here before. It is read through, then it stands in the list; nothing else changes."
      open={open && !busy}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" busy={busy}>
          Bring back a file
        </Button>
      }
    >
      <ChooseForm
        onDone={() => {
          setOpen(false);
        }}
      />
    </Dialog>
  );
}

function ChooseForm({ onDone }: { onDone: () => void }) {
  const getTicket = useMutation(useTRPC().backups.uploadTicket.mutationOptions());
  const refresh = useRefreshBackups();
  const { notify } = useNotify();
  const [missing, setMissing] = useState(false);
  const chosen = useRef<HTMLInputElement>(null);
  const sending = useMutation({
    mutationFn: async (file: File) => sendBackup(file, (await getTicket.mutateAsync()).ticket),
    onSuccess: async (received) => {
      const { text, tone } = receivedWords(received);
      notify(text, tone);
      await refresh();
      onDone();
    },
  });
  const error = sending.error;
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        const file = chosen.current?.files?.[0];
        setMissing(file === undefined);
        if (file !== undefined && !sending.isPending) sending.mutate(file);
      }}
    >
      <Field label="Backup file" hint="It ends in .tar." error={missing ? "Please choose a file." : undefined}>
        <Input ref={chosen} type="file" accept=".tar,application/x-tar" />
      </Field>
      {error === null ? null : <ProblemBanner problem={error instanceof RefusedRequest ? error.problem : problemOf(error)} />}
      <DialogActions>
        <Button variant="primary" type="submit" busy={sending.isPending}>
          {sending.isPending ? "Sending and reading it…" : "Bring it back"}
        </Button>
      </DialogActions>
    </form>
  );
}
