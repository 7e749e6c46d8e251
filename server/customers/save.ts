import type { z } from "zod";
import type { EditorActor } from "../auth/actors.ts";
import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { Customer, CustomerInput, updateCustomerInputSchema } from "./contract.ts";
import { changeCustomer, insertCustomer } from "./store.ts";

/** A new customer, with the next number. */
export function createCustomer(db: Db, _actor: EditorActor, input: CustomerInput): Promise<Customer> {
  return insertCustomer(db, input);
}

/** The customer with what was entered; their number stays. */
export async function updateCustomer(
  db: Db,
  _actor: EditorActor,
  { id, ...input }: z.infer<typeof updateCustomerInputSchema>,
): Promise<Customer> {
  const customer = await changeCustomer(db, id, input);
  if (customer === null) throw new AppError("not-found", { what: "customer" });
  return customer;
}
