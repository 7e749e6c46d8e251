import type { OrderRow, OrderStatus } from "../../../server/orders/contract.ts";
import { isOpen } from "../orders/due.ts";

/** The statuses in which somebody still has something to do, in their order. */
export function openStatuses(statuses: readonly OrderStatus[]): OrderStatus[] {
  return statuses.filter((status) => isOpen(status.code)).toSorted((a, b) => a.position - b.position);
}

/** The orders that are due first, out of the first ones of each status; what has no date is left out. */
export function dueFirst(lists: readonly (readonly OrderRow[])[], most: number): OrderRow[] {
  return lists
    .flat()
    .filter((order) => order.dueAt !== null)
    .toSorted((a, b) => (a.dueAt ?? "").localeCompare(b.dueAt ?? ""))
    .slice(0, most);
}
