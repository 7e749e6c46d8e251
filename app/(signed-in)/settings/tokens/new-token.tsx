"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createTokenInputSchema } from "../../../../server/accounts/contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button } from "../../../_ui/button.tsx";
import { CopyField } from "../../../_ui/copy-field.tsx";
import { Dialog, DialogActions, DialogClose } from "../../../_ui/dialog.tsx";
import { Field, Input } from "../../../_ui/field.tsx";

/** Makes a token and shows its secret this once. */
export function NewToken({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog
      title={secret === null ? "New token" : "Here is your token"}
      open={open}
      onOpenChange={(next) => {
        if (!next) setSecret(null);
        onOpenChange(next);
      }}
    >
      {secret === null ? <NewTokenForm onMade={setSecret} /> : <Secret secret={secret} />}
    </Dialog>
  );
}

function NewTokenForm({ onMade }: { onMade: (secret: string) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const create = useMutation(trpc.tokens.create.mutationOptions());
  const form = useForm({
    initial: { name: "" },
    schema: createTokenInputSchema,
    save: async (input) => {
      try {
        onMade((await create.mutateAsync(input)).secret);
      } finally {
        // Also when the answer got lost: a token that was made all the same stands in the list and can be revoked.
        await queries.invalidateQueries({ queryKey: trpc.tokens.pathKey() });
      }
    },
  });
  return (
    <DialogForm form={form} label="New token" save="Make token">
      <Field label="What is it for?" hint="So that you know later whether it is still needed." error={form.errorOf("name")}>
        <Input
          value={form.values.name}
          autoComplete="off"
          placeholder="Label printer"
          onChange={(event) => {
            form.set("name", event.target.value);
          }}
        />
      </Field>
    </DialogForm>
  );
}

function Secret({ secret }: { secret: string }) {
  return (
    <div className="space-y-4">
      <AlertBanner tone="warn" role="status" title="It is shown only now.">
        Copy it to where your script reads it. We keep no copy; if it gets lost, revoke it and make a new one.
      </AlertBanner>
      <CopyField label="Token" text={secret} />
      <DialogActions>
        <DialogClose>
          <Button>Close</Button>
        </DialogClose>
      </DialogActions>
    </div>
  );
}
