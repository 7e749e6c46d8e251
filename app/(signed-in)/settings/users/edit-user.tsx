"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { updateUserInputSchema } from "../../../../server/accounts/contract.ts";
import type { User } from "../../../../server/accounts/contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Dialog } from "../../../_ui/dialog.tsx";
import { Checkbox, Field, Input } from "../../../_ui/field.tsx";
import { RoleField } from "./role-field.tsx";

/** Changes a user's name and role, or takes their access away without deleting what they did. */
export function EditUser({ user, isMe, onClose }: { user: User; isMe: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const saved = useSaved();
  const update = useMutation(trpc.users.update.mutationOptions());
  const form = useForm({
    initial: { id: user.id, name: user.name, role: user.role, disabled: user.disabled },
    schema: updateUserInputSchema,
    save: async (input) => {
      await update.mutateAsync(input);
      onClose();
      if (isMe) router.refresh();
      await saved({ changed: [trpc.users.pathKey()], say: `${input.name} was saved.` });
    },
  });
  return (
    <Dialog
      title={`Change ${user.name}`}
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogForm form={form} label={`Change ${user.name}`} save="Save user">
        <Field label="Name" error={form.errorOf("name")}>
          <Input
            value={form.values.name}
            autoComplete="off"
            onChange={(event) => {
              form.set("name", event.target.value);
            }}
          />
        </Field>
        <RoleField
          role={form.values.role}
          error={form.errorOf("role")}
          onChange={(role) => {
            form.set("role", role);
          }}
        />
        {isMe ? null : (
          <Checkbox
            label="Cannot sign in"
            hint="Takes effect at once, also where they are signed in now. What they did stays."
            checked={form.values.disabled}
            onChange={(event) => {
              form.set("disabled", event.target.checked);
            }}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}
