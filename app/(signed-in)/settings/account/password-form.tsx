"use client";

import { useMutation } from "@tanstack/react-query";
import { changePasswordInputSchema } from "../../../../server/accounts/contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { FormFrame } from "../../../_client/form-frame.tsx";
import { signInWithPassword } from "../../../_client/sign-in.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useNotify } from "../../../_ui/notify.tsx";
import { Card } from "../../../_ui/card.tsx";
import { Field, Input } from "../../../_ui/field.tsx";

const EMPTY = { current: "", next: "", again: "" };

const formSchema = changePasswordInputSchema
  .extend({ again: changePasswordInputSchema.shape.current })
  .refine((values) => values.next === values.again, { path: ["again"], message: "The two passwords are not the same." })
  .transform(({ current, next }) => ({ current, next }));

/** Changes one's own password. */
export function PasswordForm() {
  const trpc = useTRPC();
  const { me } = useFarm();
  const { notify } = useNotify();
  const change = useMutation(trpc.users.changePassword.mutationOptions());
  const form = useForm({
    initial: EMPTY,
    schema: formSchema,
    save: async (input) => {
      await change.mutateAsync(input);
      // A new password ends all sessions, this one too: sign in again, so that the reader notices nothing.
      if ((await signInWithPassword(me.email, input.next)) !== "signed-in") {
        window.location.assign("/sign-in");
        return;
      }
      form.reset();
      notify("Your password was changed. Wherever else you were signed in, you are signed out.");
    },
  });
  const text = (key: keyof typeof EMPTY, autoComplete: string) => ({
    type: "password",
    name: key,
    autoComplete,
    value: form.values[key],
    onChange: (event: { target: { value: string } }) => {
      form.set(key, event.target.value);
    },
  });
  return (
    <FormFrame form={form} label="Change password" save="Change password">
      <Card title="Password" className="max-w-lg space-y-4">
        <Field label="Your password now" error={form.errorOf("current")}>
          <Input {...text("current", "current-password")} />
        </Field>
        <Field label="New password" hint="At least 10 characters. A short sentence is easy to keep." error={form.errorOf("next")}>
          <Input {...text("next", "new-password")} />
        </Field>
        <Field label="New password again" error={form.errorOf("again")}>
          <Input {...text("again", "new-password")} />
        </Field>
      </Card>
    </FormFrame>
  );
}
