"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { backupNowInputSchema } from "../../../../server/updater/backup-contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { Button } from "../../../_ui/button.tsx";
import { Dialog } from "../../../_ui/dialog.tsx";
import { Field, Input } from "../../../_ui/field.tsx";
import { newKey } from "../../../_update/new-key.ts";
import { useRefreshBackups } from "./use-backups.ts";

/** Makes a backup now, with a word on why. `busy`: something else is under way, which is said where the button would be. */
export function BackUpNow({ busy }: { busy: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title="Back up now?"
      description="Everybody can go on working. The backup is read back when it is made, so that you know that it is whole."
      open={open && !busy}
      onOpenChange={setOpen}
      trigger={
        <Button variant="primary" busy={busy}>
          Back up now
        </Button>
      }
    >
      <NoteForm
        onBegun={() => {
          setOpen(false);
        }}
      />
    </Dialog>
  );
}

function NoteForm({ onBegun }: { onBegun: () => void }) {
  const backUp = useMutation(useTRPC().backups.backUp.mutationOptions());
  const refresh = useRefreshBackups();
  const [idempotencyKey] = useState(newKey);
  const form = useForm({
    initial: { note: "" },
    schema: backupNowInputSchema.pick({ note: true }),
    save: async ({ note }) => {
      await backUp.mutateAsync({ note, idempotencyKey });
      await refresh();
      onBegun();
    },
  });
  return (
    <DialogForm form={form} label="Back up now" save="Back up now" saving="Starting…">
      <Field label="Note" hint="So that you find it again." optional error={form.errorOf("note")}>
        <Input
          value={form.values.note}
          autoComplete="off"
          placeholder="Before the price change"
          onChange={(event) => {
            form.set("note", event.target.value);
          }}
        />
      </Field>
    </DialogForm>
  );
}
