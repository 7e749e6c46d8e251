"use client";

import { useMutation } from "@tanstack/react-query";
import type { FocusEvent } from "react";
import { itemInputSchema } from "../../../server/items/contract.ts";
import type { Item, ItemInput } from "../../../server/items/contract.ts";
import { tidyDecimal } from "../../_client/decimal.ts";
import { useFarm } from "../../_client/farm.tsx";
import { FormFrame } from "../../_client/form-frame.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { uploadFile } from "../../_client/upload.ts";
import { useForm } from "../../_client/use-form.ts";
import type { Form } from "../../_client/use-form.ts";
import { useSaved } from "../../_client/use-saved.ts";
import { Card } from "../../_ui/card.tsx";
import { Checkbox, Field, Input, Textarea } from "../../_ui/field.tsx";
import { PictureField } from "./picture-field.tsx";
import type { PictureChoice } from "./picture-field.tsx";

type ItemValues = Omit<ItemInput, "imageSha256"> & { picture: PictureChoice };

const EMPTY: ItemValues = {
  sku: "",
  name: "",
  description: "",
  material: "",
  unit: "piece",
  sellingPrice: "",
  standardCost: "0",
  onHand: "0",
  reorderPoint: "0",
  active: true,
  picture: { sha256: null, chosen: null },
};
type TextKey = Exclude<keyof ItemValues, "active" | "picture">;

/** Adds an item, or changes the one that is given. */
export function ItemForm({ item }: { item: Item | null }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const create = useMutation(trpc.items.create.mutationOptions());
  const update = useMutation(trpc.items.update.mutationOptions());
  const form = useForm({
    initial: item === null ? EMPTY : valuesOf(item),
    schema: itemInputSchema,
    read: inputOf,
    save: async (entered) => {
      const { chosen } = form.values.picture;
      const input = chosen === null ? entered : { ...entered, imageSha256: (await uploadFile(chosen, "image")).sha256 };
      const { id } = item === null ? await create.mutateAsync(input) : await update.mutateAsync({ ...input, id: item.id });
      await saved({
        changed: [trpc.items.pathKey()],
        say: item === null ? `${input.name} was added.` : `${input.name} was saved.`,
        goTo: `/items/${id}`,
      });
    },
  });
  return (
    <FormFrame
      form={form}
      label={item === null ? "New item" : "Item"}
      save={item === null ? "Add item" : "Save item"}
      cancel={item === null ? "/items" : `/items/${item.id}`}
    >
      <Card title="What it is" className="space-y-4">
        <div className="grid gap-4 sm:grid-cols-[2fr_1fr]">
          <TextField form={form} name="name" label="Name" />
          <TextField form={form} name="sku" label="SKU" hint="Your own short number for it." />
        </div>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField form={form} name="material" label="Material" optional />
          <TextField form={form} name="unit" label="Counted in" hint="piece, kg, m, …" />
        </div>
        <Field label="Description" optional error={form.errorOf("description")}>
          <Textarea
            value={form.values.description}
            onChange={(event) => {
              form.set("description", event.target.value);
            }}
          />
        </Field>
        <Checkbox
          label="We sell this"
          hint="Untick it to keep old orders as they are but no longer offer it for new ones."
          checked={form.values.active}
          onChange={(event) => {
            form.set("active", event.target.checked);
          }}
        />
      </Card>
      <PictureField
        value={form.values.picture}
        onChange={(picture) => {
          form.set("picture", picture);
        }}
      />
      <Numbers form={form} />
    </FormFrame>
  );
}

function Numbers({ form }: { form: Form<ItemValues> }) {
  const { currency } = useFarm();
  const unit = form.values.unit === "" ? "piece" : form.values.unit;
  return (
    <Card title="Price and stock">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField form={form} name="sellingPrice" label={`Selling price (${currency})`} hint={`For one ${unit}.`} decimal />
        <TextField form={form} name="standardCost" label={`What it costs you (${currency})`} hint={`For one ${unit}.`} decimal />
        <TextField form={form} name="onHand" label="In stock" hint="How much there is now." decimal />
        <TextField form={form} name="reorderPoint" label="Low at" hint="From here on it is shown as low." decimal />
      </div>
    </Card>
  );
}

function TextField({
  form,
  name,
  label,
  hint,
  optional = false,
  decimal = false,
}: {
  form: Form<ItemValues>;
  name: TextKey;
  label: string;
  hint?: string;
  optional?: boolean;
  decimal?: boolean;
}) {
  const onBlur = (event: FocusEvent<HTMLInputElement>) => {
    const tidy = tidyDecimal(event.target.value);
    if (tidy !== event.target.value) form.set(name, tidy);
  };
  return (
    <Field label={label} optional={optional} error={form.errorOf(name)} {...(hint === undefined ? {} : { hint })}>
      <Input
        name={name}
        value={form.values[name]}
        autoComplete="off"
        onChange={(event) => {
          form.set(name, event.target.value);
        }}
        {...(decimal ? { inputMode: "decimal", onBlur } : {})}
      />
    </Field>
  );
}

function inputOf({ picture, ...values }: ItemValues): ItemInput {
  const { sellingPrice, standardCost, onHand, reorderPoint } = values;
  return {
    ...values,
    sellingPrice: tidyDecimal(sellingPrice),
    standardCost: tidyDecimal(standardCost),
    onHand: tidyDecimal(onHand),
    reorderPoint: tidyDecimal(reorderPoint),
    imageSha256: picture.sha256,
  };
}

function valuesOf(item: Item): ItemValues {
  const { sku, name, description, material, unit, sellingPrice, standardCost, onHand, reorderPoint, active } = item;
  const picture = { sha256: item.imageSha256, chosen: null };
  return { sku, name, description, material, unit, sellingPrice, standardCost, onHand, reorderPoint, active, picture };
}
