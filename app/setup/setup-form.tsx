"use client";

import { useMutation } from "@tanstack/react-query";
import { z } from "zod";
import { setupInputSchema } from "../../server/accounts/contract.ts";
import { signInWithPassword } from "../_client/sign-in.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { useForm } from "../_client/use-form.ts";
import { Button } from "../_ui/button.tsx";
import { CurrencyOptions } from "../_ui/currency-options.tsx";
import { Field, Input, Select } from "../_ui/field.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";

const EMPTY = { farmName: "", currency: "EUR", name: "", email: "", password: "", again: "" };

/** A password that nobody sees while it is typed is typed twice; the second one stays here. */
const formSchema = setupInputSchema
  .extend({ again: z.string() })
  .refine((values) => values.password === values.again, { path: ["again"], message: "The two passwords are not the same." })
  .transform(({ again: _again, ...input }) => input);

/** The farm and its owner, once. */
export function SetupForm() {
  const setup = useMutation(useTRPC().setup.create.mutationOptions());
  const form = useForm({
    initial: EMPTY,
    schema: formSchema,
    save: async (input) => {
      await setup.mutateAsync(input);
      const answer = await signInWithPassword(input.email, input.password);
      window.location.assign(answer === "signed-in" ? "/" : "/sign-in");
    },
  });
  const text = (key: keyof typeof EMPTY) => ({
    name: key,
    value: form.values[key],
    onChange: (event: { target: { value: string } }) => {
      form.set(key, event.target.value);
    },
  });
  return (
    <form {...form.formProps} aria-label="Set up" className="space-y-4">
      {form.problem === null ? null : <ProblemBanner problem={form.problem} />}
      <Field label="Name of your farm" error={form.errorOf("farmName")}>
        <Input {...text("farmName")} autoComplete="organization" autoFocus />
      </Field>
      <Field label="Currency" hint="You can change it later." error={form.errorOf("currency")}>
        <Select {...text("currency")}>
          <CurrencyOptions chosen={form.values.currency} />
        </Select>
      </Field>
      <Field label="Your name" error={form.errorOf("name")}>
        <Input {...text("name")} autoComplete="name" />
      </Field>
      <Field label="Your e-mail" hint="You sign in with it. No mail is sent." error={form.errorOf("email")}>
        <Input {...text("email")} type="email" autoComplete="username" />
      </Field>
      <Field label="Password" hint="At least 10 characters. A short sentence is easy to keep." error={form.errorOf("password")}>
        <Input {...text("password")} type="password" autoComplete="new-password" />
      </Field>
      <Field label="Password again" error={form.errorOf("again")}>
        <Input {...text("again")} type="password" autoComplete="new-password" />
      </Field>
      <Button type="submit" variant="primary" busy={form.saving} className="w-full">
        {form.saving ? "Setting up…" : "Set up FilaOps"}
      </Button>
    </form>
  );
}
