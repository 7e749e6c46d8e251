import type { z } from "zod";
import type { EditorActor } from "../auth/actors.ts";
import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { Order, OrderInput, updateOrderInputSchema } from "./contract.ts";
import type { Totals } from "./rules/totals.ts";
import { totalsOf } from "./rules/totals.ts";
import { changeOrder, insertOrder } from "./store.ts";

/** A new order with its lines and the next number. `db` is a transaction: all of it is saved, or nothing. */
export function createOrder(db: Db, _actor: EditorActor, input: OrderInput): Promise<Order> {
  return insertOrder(db, input, totals(input));
}

/** The order as it was entered, its lines replaced by the given ones. `db` is a transaction. */
export async function updateOrder(
  db: Db,
  _actor: EditorActor,
  { id, ...input }: z.infer<typeof updateOrderInputSchema>,
): Promise<Order> {
  const order = await changeOrder(db, { id, input }, totals(input));
  if (order === null) throw new AppError("not-found", { what: "order" });
  return order;
}

function totals(input: OrderInput): Totals {
  const sums = totalsOf(input.lines);
  if (sums === null) throw new AppError("total-too-large", {});
  return sums;
}
