"use client";

import { useMutation } from "@tanstack/react-query";
import { resetPasswordInputSchema } from "../../../../server/accounts/contract.ts";
import type { User } from "../../../../server/accounts/contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { Dialog } from "../../../_ui/dialog.tsx";
import { Field, Input } from "../../../_ui/field.tsx";
import { useNotify } from "../../../_ui/notify.tsx";

/** Gives somebody a new password who does not know theirs any more. */
export function ResetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const { notify } = useNotify();
  const reset = useMutation(useTRPC().users.resetPassword.mutationOptions());
  const form = useForm({
    initial: { id: user.id, password: "" },
    schema: resetPasswordInputSchema,
    save: async (input) => {
      await reset.mutateAsync(input);
      onClose();
      notify(`${user.name} has a new password.`);
    },
  });
  return (
    <Dialog
      title={`New password for ${user.name}`}
      description="They are signed out everywhere. Tell them the new password in person."
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogForm form={form} label="New password" save="Set new password">
        <Field label="New password" hint="At least 10 characters." error={form.errorOf("password")}>
          <Input
            type="text"
            autoComplete="off"
            spellCheck={false}
            value={form.values.password}
            onChange={(event) => {
              form.set("password", event.target.value);
            }}
          />
        </Field>
      </DialogForm>
    </Dialog>
  );
}
