"use client";

import { useMutation } from "@tanstack/react-query";
import { orderInputSchema } from "../../../server/orders/contract.ts";
import type { Order, OrderInput, OrderStatus } from "../../../server/orders/contract.ts";
import { FormFrame } from "../../_client/form-frame.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { useForm } from "../../_client/use-form.ts";
import { useSaved } from "../../_client/use-saved.ts";
import { Card } from "../../_ui/card.tsx";
import { Field, Input, Select, Textarea } from "../../_ui/field.tsx";
import { CustomerPicker } from "./customer-picker.tsx";
import { OrderLines } from "./order-lines.tsx";
import { readOrderValues } from "./order-values.ts";
import type { OrderValues } from "./order-values.ts";

/** Places an order, or changes the one that is given. The whole order with its lines is saved at once. */
export function OrderForm({
  order,
  initial,
  now,
  statuses,
}: {
  order: Order | null;
  initial: OrderValues;
  now: Date;
  statuses: OrderStatus[];
}) {
  const known = { placedAt: order?.placedAt ?? now.toISOString(), dueAt: order?.dueAt ?? null };
  const save = useSaveOrder(order);
  const form = useForm({ initial, schema: orderInputSchema, read: (values) => readOrderValues(values, known), save });
  return (
    <FormFrame
      form={form}
      label={order === null ? "New order" : `Order ${order.number}`}
      save={order === null ? "Place order" : "Save order"}
      cancel={order === null ? "/orders" : `/orders/${order.id}`}
    >
      <Card title="Order">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Customer" error={form.errorOf("customer")}>
            <CustomerPicker
              customer={form.values.customer}
              onChoose={(customer) => {
                form.set("customer", customer);
              }}
            />
          </Field>
          <Field label="Status" error={form.errorOf("status")}>
            <Select
              value={form.values.status}
              onChange={(event) => {
                form.set("status", event.target.value);
              }}
            >
              {statuses.map((status) => (
                <option key={status.code} value={status.code}>
                  {status.label}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Placed on" error={form.errorOf("placedAt")}>
            <Input
              type="date"
              value={form.values.placedAt}
              onChange={(event) => {
                form.set("placedAt", event.target.value);
              }}
            />
          </Field>
          <Field label="Due on" optional error={form.errorOf("dueAt")}>
            <Input
              type="date"
              value={form.values.dueAt}
              onChange={(event) => {
                form.set("dueAt", event.target.value);
              }}
            />
          </Field>
          <Field label="Notes" optional error={form.errorOf("notes")} className="sm:col-span-2">
            <Textarea
              rows={3}
              value={form.values.notes}
              onChange={(event) => {
                form.set("notes", event.target.value);
              }}
            />
          </Field>
        </div>
      </Card>
      <OrderLines form={form} />
    </FormFrame>
  );
}

function useSaveOrder(order: Order | null): (input: OrderInput) => Promise<void> {
  const trpc = useTRPC();
  const saved = useSaved();
  const create = useMutation(trpc.orders.create.mutationOptions());
  const update = useMutation(trpc.orders.update.mutationOptions());
  return async (input) => {
    const result = order === null ? await create.mutateAsync(input) : await update.mutateAsync({ ...input, id: order.id });
    await saved({
      changed: [trpc.orders.pathKey()],
      say: order === null ? `Order ${result.number} was placed.` : `Order ${result.number} was saved.`,
      goTo: `/orders/${result.id}`,
    });
  };
}
