import { z } from "zod";
import { byIdInputSchema } from "../trpc/contract.ts";
import { router, saving, signedInProcedure, staffProcedure } from "../trpc/init.ts";
import { addAttachment, removeAttachment } from "./attachments.ts";
import {
  addAttachmentInputSchema,
  attachmentSchema,
  orderInputSchema,
  listOrdersInputSchema,
  orderPageSchema,
  orderSchema,
  orderStatusesSchema,
  removeAttachmentInputSchema,
  updateOrderInputSchema,
} from "./contract.ts";
import { getOrder } from "./get.ts";
import { listOrders } from "./list.ts";
import { createOrder, updateOrder } from "./save.ts";
import { findStatuses } from "./store.ts";

const tags = ["Orders"];

export const ordersRouter = router({
  list: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/orders", tags, summary: "List orders" } })
    .input(listOrdersInputSchema)
    .output(orderPageSchema)
    .query(({ ctx, input }) => listOrders(ctx.db, input)),

  get: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/orders/{id}", tags, summary: "One order with its lines" } })
    .input(byIdInputSchema)
    .output(orderSchema)
    .query(({ ctx, input }) => getOrder(ctx.db, input.id)),

  statuses: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/order-statuses", tags, summary: "What states an order can be in" } })
    .input(z.void())
    .output(orderStatusesSchema)
    .query(({ ctx }) => findStatuses(ctx.db)),

  create: staffProcedure
    .concat(saving)
    .meta({ openapi: { method: "POST", path: "/orders", tags, summary: "Create an order with its lines" } })
    .input(orderInputSchema)
    .output(orderSchema)
    .mutation(({ ctx, input }) => createOrder(ctx.db, ctx.actor, input)),

  update: staffProcedure
    .concat(saving)
    .meta({ openapi: { method: "PUT", path: "/orders/{id}", tags, summary: "Change an order and its lines" } })
    .input(updateOrderInputSchema)
    .output(orderSchema)
    .mutation(({ ctx, input }) => updateOrder(ctx.db, ctx.actor, input)),

  addAttachment: staffProcedure
    .concat(saving)
    .meta({
      openapi: {
        ...{ method: "POST", path: "/orders/{id}/attachments", tags, summary: "Add an uploaded file to an order" },
        description:
          "The content comes before, by POST /api/files?kind=attachment (application/octet-stream), which says its sha256.",
      },
    })
    .input(addAttachmentInputSchema)
    .output(attachmentSchema)
    .mutation(({ ctx, input }) => addAttachment({ db: ctx.db, files: ctx.web.files }, ctx.actor, input)),

  removeAttachment: staffProcedure
    .concat(saving)
    .meta({
      openapi: { method: "DELETE", path: "/orders/{id}/attachments/{attachment}", tags, summary: "Take a file from an order" },
    })
    .input(removeAttachmentInputSchema)
    .output(attachmentSchema)
    .mutation(({ ctx, input }) => removeAttachment(ctx.db, ctx.actor, input)),
});
