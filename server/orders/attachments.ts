import type { EditorActor } from "../auth/actors.ts";
import type { FileDeps } from "../files/store.ts";
import { forgetFile, lockFiles, nameFile } from "../files/store.ts";
import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { AddAttachmentInput, Attachment, RemoveAttachmentInput } from "./contract.ts";
import { deleteAttachment, insertAttachment } from "./store.ts";

/** A file that was uploaded before goes with the order. Throws `not-found`, and what `nameFile` throws. `deps.db` is a transaction. */
export async function addAttachment(
  deps: FileDeps,
  actor: EditorActor,
  { id, sha256, fileName }: AddAttachmentInput,
): Promise<Attachment> {
  await lockFiles(deps.db);
  await nameFile(deps, { sha256, kind: "attachment", field: "sha256" });
  const added = await insertAttachment(deps.db, { order: id, sha256, fileName, createdById: actor.id });
  if (added === null) throw new AppError("not-found", { what: "order" });
  return added;
}

/** Takes a file from the order, and says which it was. `db` is a transaction. */
export async function removeAttachment(
  db: Db,
  _actor: EditorActor,
  { id, attachment }: RemoveAttachmentInput,
): Promise<Attachment> {
  await lockFiles(db);
  const removed = await deleteAttachment(db, { order: id, id: attachment });
  if (removed === null) throw new AppError("not-found", { what: "attachment" });
  await forgetFile(db, removed.sha256);
  return removed;
}
