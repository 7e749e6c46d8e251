import { byIdInputSchema } from "../trpc/contract.ts";
import { router, saving, signedInProcedure, staffProcedure } from "../trpc/init.ts";
import {
  customerInputSchema,
  customerPageSchema,
  customerSchema,
  listCustomersInputSchema,
  updateCustomerInputSchema,
} from "./contract.ts";
import { getCustomer } from "./get.ts";
import { createCustomer, updateCustomer } from "./save.ts";
import { findCustomers } from "./store.ts";

const tags = ["Customers"];

export const customersRouter = router({
  list: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/customers", tags, summary: "List customers" } })
    .input(listCustomersInputSchema)
    .output(customerPageSchema)
    .query(({ ctx, input }) => findCustomers(ctx.db, input)),

  get: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/customers/{id}", tags, summary: "One customer" } })
    .input(byIdInputSchema)
    .output(customerSchema)
    .query(({ ctx, input }) => getCustomer(ctx.db, input.id)),

  create: staffProcedure
    .concat(saving)
    .meta({ openapi: { method: "POST", path: "/customers", tags, summary: "Create a customer" } })
    .input(customerInputSchema)
    .output(customerSchema)
    .mutation(({ ctx, input }) => createCustomer(ctx.db, ctx.actor, input)),

  update: staffProcedure
    .concat(saving)
    .meta({ openapi: { method: "PUT", path: "/customers/{id}", tags, summary: "Change a customer" } })
    .input(updateCustomerInputSchema)
    .output(customerSchema)
    .mutation(({ ctx, input }) => updateCustomer(ctx.db, ctx.actor, input)),
});
