import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { Order } from "./contract.ts";
import { findOrder } from "./store.ts";

/** The order with its lines; throws `not-found`. */
export async function getOrder(db: Db, id: string): Promise<Order> {
  const order = await findOrder(db, id);
  if (order === null) throw new AppError("not-found", { what: "order" });
  return order;
}
