"use client";

import type { Form } from "../../../_client/use-form.ts";
import { Field, Input } from "../../../_ui/field.tsx";

type PasswordForm = Pick<Form<{ password: string }>, "errorOf"> & {
  values: { password: string };
  set: (key: "password", value: string) => void;
};

/** The reader's password, asked afresh. */
export function PasswordField({ form, hint }: { form: PasswordForm; hint: string }) {
  return (
    <Field label="Your password" hint={hint} error={form.errorOf("password")}>
      <Input
        type="password"
        name="password"
        autoComplete="current-password"
        value={form.values.password}
        onChange={(event) => {
          form.set("password", event.target.value);
        }}
      />
    </Field>
  );
}
