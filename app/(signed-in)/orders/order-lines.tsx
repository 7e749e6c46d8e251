"use client";

import { Plus } from "lucide-react";
import { useRef } from "react";
import { lineTotal, sum, tidyDecimal } from "../../_client/decimal.ts";
import { Money } from "../../_client/numbers.tsx";
import type { Form } from "../../_client/use-form.ts";
import { Button } from "../../_ui/button.tsx";
import { Card } from "../../_ui/card.tsx";
import { useNotify } from "../../_ui/notify.tsx";
import { OrderLineFields } from "./order-line.tsx";
import { emptyLine } from "./order-values.ts";
import type { LineValues, OrderValues } from "./order-values.ts";

/** The lines of the order form and their sum. What happens to a line is also said, and the focus stays where the hand is. */
export function OrderLines({ form }: { form: Form<OrderValues> }) {
  const { announce } = useNotify();
  const addButton = useRef<HTMLButtonElement>(null);
  const { lines } = form.values;
  const total = sum(lines.map((line) => lineTotal(tidyDecimal(line.quantity), tidyDecimal(line.unitPrice))));
  const problem = form.errorOf("lines");

  const move = (index: number, by: -1 | 1) => {
    form.set("lines", moved(lines, index, index + by));
    announce(`Line moved to place ${index + by + 1} of ${lines.length}.`);
  };
  const remove = (index: number) => {
    form.set("lines", lines.toSpliced(index, 1));
    announce(`Line ${index + 1} was removed.`);
    addButton.current?.focus();
  };
  return (
    <Card title="Lines">
      <div className="space-y-4">
        {lines.map((line, index) => (
          <OrderLineFields
            key={line.key}
            line={line}
            place={{ number: index + 1, of: lines.length }}
            errorOf={(field) => form.errorOf(`lines.${index}.${field}`)}
            onChange={(changed, field) => {
              form.set("lines", lines.with(index, changed), field === "item" ? `lines.${index}` : `lines.${index}.${field}`);
            }}
            onMove={(by) => {
              move(index, by);
            }}
            onRemove={() => {
              remove(index);
            }}
          />
        ))}
        {problem === undefined ? null : (
          <p role="alert" className="font-medium text-danger">
            <span aria-hidden="true">▲ </span>
            {problem}
          </p>
        )}
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Button
            ref={addButton}
            aria-invalid={problem === undefined ? undefined : true}
            onClick={() => {
              form.set("lines", [...lines, emptyLine(nextKey(lines))]);
              announce(`Line ${lines.length + 1} was added.`);
            }}
          >
            <Plus aria-hidden="true" className="size-4" />
            Add line
          </Button>
          <p className="text-lg font-semibold">
            Total <output>{<Money amount={total} />}</output>
          </p>
        </div>
      </div>
    </Card>
  );
}

function nextKey(lines: LineValues[]): number {
  return Math.max(0, ...lines.map((line) => line.key)) + 1;
}

function moved(lines: LineValues[], from: number, to: number): LineValues[] {
  const line = lines[from];
  if (line === undefined || to < 0 || to >= lines.length) return lines;
  return lines.toSpliced(from, 1).toSpliced(to, 0, line);
}
