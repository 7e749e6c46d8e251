import type { z } from "zod";
import type { EditorActor } from "../auth/actors.ts";
import type { FileDeps } from "../files/store.ts";
import { forgetFile, lockFiles, nameFile } from "../files/store.ts";
import { AppError } from "../platform/errors.ts";
import type { Item, ItemInput, updateItemInputSchema } from "./contract.ts";
import { changeItem, findItem, insertItem } from "./store.ts";

/** A new item; throws `already-taken` for its SKU, and what `nameFile` throws for its picture. */
export async function createItem(deps: FileDeps, _actor: EditorActor, input: ItemInput): Promise<Item> {
  if (typeof input.imageSha256 === "string") {
    await lockFiles(deps.db);
    await nameImage(deps, input.imageSha256);
  }
  return insertItem(deps.db, input);
}

/** The item with what was entered. */
export async function updateItem(
  deps: FileDeps,
  _actor: EditorActor,
  { id, ...input }: z.infer<typeof updateItemInputSchema>,
): Promise<Item> {
  const replaced = input.imageSha256 === undefined ? null : await imageToReplace(deps, id, input.imageSha256);
  const item = await changeItem(deps.db, id, input);
  if (item === null) throw new AppError("not-found", { what: "item" });
  if (replaced !== null) await forgetFile(deps.db, replaced);
  return item;
}

/** Names the new picture; says which one it takes the place of, if there was another. */
async function imageToReplace(deps: FileDeps, id: string, next: string | null): Promise<string | null> {
  await lockFiles(deps.db);
  const before = (await findItem(deps.db, id))?.imageSha256 ?? null;
  if (before === next) return null;
  if (next !== null) await nameImage(deps, next);
  return before;
}

function nameImage(deps: FileDeps, sha256: string): Promise<void> {
  return nameFile(deps, { sha256, kind: "image", field: "imageSha256" });
}
