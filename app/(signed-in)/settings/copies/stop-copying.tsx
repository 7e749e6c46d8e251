"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import type { Storage } from "../../../../server/offsite/contract.ts";
import { FormBody } from "../../../_client/form-body.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Dialog, DialogActions, DialogClose } from "../../../_ui/dialog.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { storageWords } from "./copies-view.ts";
import { PasswordField } from "./password-field.tsx";

/** Asks before FilaOps forgets where copies go. */
export function StopCopying({ storage }: { storage: Storage }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      title="Stop copying?"
      description={
        <p className="wrap-anywhere">
          New backups will lie on this computer only. What lies in {storageWords(storage)} stays there, and your key still opens
          it; FilaOps forgets the place and its secret.
        </p>
      }
      open={open}
      onOpenChange={setOpen}
      trigger={<Button>Stop copying</Button>}
    >
      <StopForm />
    </Dialog>
  );
}

function StopForm() {
  const trpc = useTRPC();
  const saved = useSaved();
  const remove = useMutation(trpc.backups.removeOffsite.mutationOptions());
  const form = useForm({
    initial: { password: "" },
    schema: z.object({ password: z.string().min(1).max(1000) }),
    save: async (input) => {
      await remove.mutateAsync(input);
      await saved({ changed: [trpc.backups.pathKey()], say: "Nothing is copied any more. What lies there stays." });
    },
  });
  return (
    <form {...form.formProps} aria-label="Stop copying" className="space-y-4">
      {form.problem === null ? null : <ProblemBanner problem={form.problem} />}
      <FormBody saving={form.saving} className="">
        <PasswordField form={form} hint="Asked again, because your backups would then lie here only." />
      </FormBody>
      <DialogActions>
        <DialogClose>
          <Button variant="primary">Go on copying</Button>
        </DialogClose>
        <Button type="submit" variant="danger" busy={form.saving}>
          {form.saving ? "Stopping…" : "Stop copying"}
        </Button>
      </DialogActions>
    </form>
  );
}
