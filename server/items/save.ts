import type { z } from "zod";
import type { EditorActor } from "../auth/actors.ts";
import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { Item, ItemInput, updateItemInputSchema } from "./contract.ts";
import { changeItem, insertItem } from "./store.ts";

/** A new item; throws `already-taken` for its SKU. */
export function createItem(db: Db, _actor: EditorActor, input: ItemInput): Promise<Item> {
  return insertItem(db, input);
}

/** The item with what was entered. */
export async function updateItem(
  db: Db,
  _actor: EditorActor,
  { id, ...input }: z.infer<typeof updateItemInputSchema>,
): Promise<Item> {
  const item = await changeItem(db, id, input);
  if (item === null) throw new AppError("not-found", { what: "item" });
  return item;
}
