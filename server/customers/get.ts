import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { Customer } from "./contract.ts";
import { findCustomer } from "./store.ts";

/** The customer; throws `not-found`. */
export async function getCustomer(db: Db, id: string): Promise<Customer> {
  const customer = await findCustomer(db, id);
  if (customer === null) throw new AppError("not-found", { what: "customer" });
  return customer;
}
