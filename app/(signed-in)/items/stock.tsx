"use client";

import type { Item } from "../../../server/items/contract.ts";
import { amountWords } from "../../_client/numbers.tsx";
import { Badge } from "../../_ui/badge.tsx";

/** How much of an item there is, with a word when it is time to order or print more. */
export function Stock({ item }: { item: Pick<Item, "onHand" | "unit" | "low" | "active"> }) {
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-x-2 gap-y-1">
      {item.low && item.active ? <Badge tone="warn">Low</Badge> : null}
      <span className="whitespace-nowrap">{amountWords(item.onHand, item.unit)}</span>
    </span>
  );
}
