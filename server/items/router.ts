import { byIdInputSchema } from "../trpc/contract.ts";
import { router, saving, signedInProcedure, staffProcedure } from "../trpc/init.ts";
import { itemInputSchema, itemPageSchema, itemSchema, listItemsInputSchema, updateItemInputSchema } from "./contract.ts";
import { getItem } from "./get.ts";
import { createItem, updateItem } from "./save.ts";
import { findItems } from "./store.ts";

const tags = ["Items"];
const description =
  "A picture's content comes before, by POST /api/files?kind=image (application/octet-stream), which says its sha256.";

export const itemsRouter = router({
  list: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/items", tags, summary: "List items" } })
    .input(listItemsInputSchema)
    .output(itemPageSchema)
    .query(({ ctx, input }) => findItems(ctx.db, input)),

  get: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/items/{id}", tags, summary: "One item" } })
    .input(byIdInputSchema)
    .output(itemSchema)
    .query(({ ctx, input }) => getItem(ctx.db, input.id)),

  create: staffProcedure
    .concat(saving)
    .meta({ openapi: { method: "POST", path: "/items", tags, summary: "Create an item", description } })
    .input(itemInputSchema)
    .output(itemSchema)
    .mutation(({ ctx, input }) => createItem({ db: ctx.db, files: ctx.web.files }, ctx.actor, input)),

  update: staffProcedure
    .concat(saving)
    .meta({ openapi: { method: "PUT", path: "/items/{id}", tags, summary: "Change an item", description } })
    .input(updateItemInputSchema)
    .output(itemSchema)
    .mutation(({ ctx, input }) => updateItem({ db: ctx.db, files: ctx.web.files }, ctx.actor, input)),
});
