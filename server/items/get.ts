import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { Item } from "./contract.ts";
import { findItem } from "./store.ts";

/** The item; throws `not-found`. */
export async function getItem(db: Db, id: string): Promise<Item> {
  const item = await findItem(db, id);
  if (item === null) throw new AppError("not-found", { what: "item" });
  return item;
}
