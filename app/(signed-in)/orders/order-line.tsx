"use client";

import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import type { FocusEvent } from "react";
import { lineTotal, tidyDecimal } from "../../_client/decimal.ts";
import { useFarm } from "../../_client/farm.tsx";
import { Money } from "../../_client/numbers.tsx";
import { Button } from "../../_ui/button.tsx";
import { Field, Input } from "../../_ui/field.tsx";
import { ItemPicker } from "./item-picker.tsx";
import type { LineValues } from "./order-values.ts";

type LineField = "description" | "quantity" | "unitPrice";

/** One line of the order form: what, how much, at which price, and its place among the lines. */
export function OrderLineFields({
  line,
  place,
  errorOf,
  onChange,
  onMove,
  onRemove,
}: {
  line: LineValues;
  /** Counted from 1, and how many there are. */
  place: { number: number; of: number };
  errorOf: (field: LineField) => string | undefined;
  onChange: (line: LineValues, field: LineField | "item") => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}) {
  const { currency } = useFarm();
  const total = lineTotal(tidyDecimal(line.quantity), tidyDecimal(line.unitPrice));
  const text = (field: LineField) => ({
    value: line[field],
    onChange: (event: { target: { value: string } }) => {
      onChange({ ...line, [field]: event.target.value }, field);
    },
  });
  const decimal = (field: LineField) => ({
    ...text(field),
    inputMode: "decimal" as const,
    onBlur: (event: FocusEvent<HTMLInputElement>) => {
      const tidy = tidyDecimal(event.target.value);
      if (tidy !== event.target.value) onChange({ ...line, [field]: tidy }, field);
    },
  });
  return (
    <fieldset className="min-w-0 rounded-box border border-line p-3">
      <legend className="px-1 text-sm font-medium text-muted">Line {place.number}</legend>
      <div className="grid gap-3 sm:grid-cols-[1fr_2fr]">
        <Field label="Item" optional>
          <ItemPicker
            sku={line.item?.sku ?? ""}
            onChoose={(item) => {
              if (item === null) onChange({ ...line, item: null }, "item");
              else onChange(withItem(line, item), "item");
            }}
          />
        </Field>
        <Field label="Description" error={errorOf("description")}>
          <Input {...text("description")} autoComplete="off" />
        </Field>
      </div>
      <div className="mt-3 grid grid-cols-2 items-start gap-3 sm:grid-cols-[1fr_1fr_1fr_auto]">
        <Field label="Quantity" error={errorOf("quantity")}>
          <Input {...decimal("quantity")} autoComplete="off" />
        </Field>
        <Field label={`Price (${currency})`} error={errorOf("unitPrice")}>
          <Input {...decimal("unitPrice")} autoComplete="off" />
        </Field>
        <p className="self-end">
          <span className="block text-sm text-muted">Total</span>
          <output className="flex min-h-10 items-center font-semibold">{total === null ? "–" : <Money amount={total} />}</output>
        </p>
        <div className="flex gap-1 self-end justify-self-end">
          <IconButton
            label={`Move line ${place.number} up`}
            icon={ArrowUp}
            off={place.number === 1}
            onClick={() => {
              onMove(-1);
            }}
          />
          <IconButton
            label={`Move line ${place.number} down`}
            icon={ArrowDown}
            off={place.number === place.of}
            onClick={() => {
              onMove(1);
            }}
          />
          <IconButton label={`Remove line ${place.number}`} icon={Trash2} off={false} onClick={onRemove} />
        </div>
      </div>
    </fieldset>
  );
}

/** The line with an item: its name and price, as a proposal that can be changed. */
function withItem(line: LineValues, item: { id: string; sku: string; name: string; sellingPrice: string }): LineValues {
  return { ...line, item: { id: item.id, sku: item.sku }, description: item.name, unitPrice: item.sellingPrice };
}

function IconButton({
  label,
  icon: Icon,
  off,
  onClick,
}: {
  label: string;
  icon: typeof ArrowUp;
  /** Not possible now; it keeps its focus. */
  off: boolean;
  onClick: () => void;
}) {
  return (
    <Button
      variant="quiet"
      size="icon"
      aria-label={label}
      title={label}
      className="text-muted"
      aria-disabled={off ? true : undefined}
      onClick={() => {
        if (!off) onClick();
      }}
    >
      <Icon aria-hidden="true" className="size-4" />
    </Button>
  );
}
