"use client";

import { useMutation } from "@tanstack/react-query";
import { createUserInputSchema } from "../../../../server/accounts/contract.ts";
import type { Role } from "../../../../server/accounts/contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Field, Input } from "../../../_ui/field.tsx";
import { Dialog } from "../../../_ui/dialog.tsx";
import { RoleField } from "./role-field.tsx";

const EMPTY: { name: string; email: string; role: Role; password: string } = { name: "", email: "", role: "staff", password: "" };

/** Adds somebody who may sign in. */
export function NewUser({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog title="Add a user" open={open} onOpenChange={onOpenChange}>
      <NewUserForm
        onDone={() => {
          onOpenChange(false);
        }}
      />
    </Dialog>
  );
}

function NewUserForm({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const create = useMutation(trpc.users.create.mutationOptions());
  const form = useForm({
    initial: EMPTY,
    schema: createUserInputSchema,
    save: async (input) => {
      await create.mutateAsync(input);
      onDone();
      await saved({ changed: [trpc.users.pathKey()], say: `${input.name} may now sign in.` });
    },
  });
  const text = (key: "name" | "email" | "password") => ({
    value: form.values[key],
    onChange: (event: { target: { value: string } }) => {
      form.set(key, event.target.value);
    },
  });
  return (
    <DialogForm form={form} label="Add a user" save="Add user">
      <Field label="Name" error={form.errorOf("name")}>
        <Input {...text("name")} autoComplete="off" />
      </Field>
      <Field label="E-mail" hint="They sign in with it. No mail is sent." error={form.errorOf("email")}>
        <Input {...text("email")} type="email" autoComplete="off" />
      </Field>
      <RoleField
        role={form.values.role}
        error={form.errorOf("role")}
        onChange={(role) => {
          form.set("role", role);
        }}
      />
      <Field
        label="First password"
        hint="At least 10 characters. Tell it to them in person; they can change it after signing in."
        error={form.errorOf("password")}
      >
        <Input {...text("password")} type="text" autoComplete="off" spellCheck={false} />
      </Field>
    </DialogForm>
  );
}
