"use client";

import { useMutation } from "@tanstack/react-query";
import { customerInputSchema } from "../../../server/customers/contract.ts";
import type { Customer, CustomerInput } from "../../../server/customers/contract.ts";
import { FormFrame } from "../../_client/form-frame.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { useForm } from "../../_client/use-form.ts";
import { useSaved } from "../../_client/use-saved.ts";
import { Card } from "../../_ui/card.tsx";
import { Field, Input, Textarea } from "../../_ui/field.tsx";

const EMPTY: CustomerInput = { name: "", email: "", phone: "", address: "", notes: "" };

/** Adds a customer, or changes the one that is given. */
export function CustomerForm({ customer }: { customer: Customer | null }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const create = useMutation(trpc.customers.create.mutationOptions());
  const update = useMutation(trpc.customers.update.mutationOptions());
  const form = useForm({
    initial: customer === null ? EMPTY : inputOf(customer),
    schema: customerInputSchema,
    save: async (input) => {
      const { id } =
        customer === null ? await create.mutateAsync(input) : await update.mutateAsync({ ...input, id: customer.id });
      await saved({
        changed: [trpc.customers.pathKey(), trpc.orders.pathKey()],
        say: customer === null ? `${input.name} was added.` : `${input.name} was saved.`,
        goTo: `/customers/${id}`,
      });
    },
  });
  const text = (key: keyof CustomerInput) => ({
    name: key,
    value: form.values[key],
    onChange: (event: { target: { value: string } }) => {
      form.set(key, event.target.value);
    },
  });
  return (
    <FormFrame
      form={form}
      label={customer === null ? "New customer" : "Customer"}
      save={customer === null ? "Add customer" : "Save customer"}
      cancel={customer === null ? "/customers" : `/customers/${customer.id}`}
    >
      <Card className="space-y-4">
        <Field label="Name" error={form.errorOf("name")}>
          <Input {...text("name")} autoComplete="off" required />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="E-mail" optional error={form.errorOf("email")}>
            <Input {...text("email")} type="email" autoComplete="off" />
          </Field>
          <Field label="Phone" optional error={form.errorOf("phone")}>
            <Input {...text("phone")} type="tel" autoComplete="off" />
          </Field>
        </div>
        <Field label="Address" optional error={form.errorOf("address")}>
          <Textarea {...text("address")} rows={3} />
        </Field>
        <Field label="Notes" optional hint="For you and your team. Customers never see them." error={form.errorOf("notes")}>
          <Textarea {...text("notes")} />
        </Field>
      </Card>
    </FormFrame>
  );
}

function inputOf({ name, email, phone, address, notes }: Customer): CustomerInput {
  return { name, email, phone, address, notes };
}
