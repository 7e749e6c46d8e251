"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { FormBody } from "../../../_client/form-body.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Dialog, DialogActions, DialogClose } from "../../../_ui/dialog.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { PasswordField } from "../copies/password-field.tsx";
import type { KnownChannel } from "./channel-form.ts";
import { placeOf } from "./messages-view.ts";

/** Asks before a place is told nothing more. */
export function RemoveChannel({ channel }: { channel: KnownChannel }) {
  const [open, setOpen] = useState(false);
  const place = placeOf(channel.target);
  return (
    <Dialog
      title="Send no more messages there?"
      description={<p className="wrap-anywhere">{place} is told nothing more, and FilaOps forgets its password or key.</p>}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" variant="quiet" aria-label={`Remove ${place}`}>
          Remove
        </Button>
      }
    >
      <RemoveForm id={channel.id} />
    </Dialog>
  );
}

function RemoveForm({ id }: { id: string }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const remove = useMutation(trpc.messages.remove.mutationOptions());
  const form = useForm({
    initial: { password: "" },
    schema: z.object({ password: z.string().min(1).max(1000) }),
    save: async ({ password }) => {
      await remove.mutateAsync({ channel: id, password });
      await saved({ changed: [trpc.messages.pathKey()], say: "No more messages go there." });
    },
  });
  return (
    <form {...form.formProps} aria-label="Send no more messages there" className="space-y-4">
      {form.problem === null ? null : <ProblemBanner problem={form.problem} />}
      <FormBody saving={form.saving} className="">
        <PasswordField form={form} hint="Asked again, because nobody would be told there any more." />
      </FormBody>
      <DialogActions>
        <DialogClose>
          <Button variant="primary">Keep it</Button>
        </DialogClose>
        <Button type="submit" variant="danger" busy={form.saving}>
          {form.saving ? "Removing…" : "Remove"}
        </Button>
      </DialogActions>
    </form>
  );
}
