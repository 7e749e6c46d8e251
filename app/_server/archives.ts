import { asAdmin } from "../../server/auth/actors.ts";
import { AppError } from "../../server/platform/errors.ts";
import type { Context } from "../../server/trpc/init.ts";
import { refuseForeignOrigin } from "../../server/trpc/origin.ts";
import type { ArchiveClient } from "../../server/updater/archive-client.ts";
import { signedIn } from "./answering.ts";
import { chunksOf } from "./rest-of-body.ts";

/** Archives through the updater's socket, on behalf of who asks. Throws `sign-in-needed`, `role-needed`. */
export async function archives(context: Context): Promise<ArchiveClient> {
  const actor = asAdmin(await signedIn(context));
  if (actor === null) throw new AppError("role-needed", { role: "admin" });
  return context.web.updater.archives({ kind: "user", userId: actor.id.toString() });
}

/** The bare tar file that is the body of a request from our own pages, and its size as the sender says it; `null` when there is none. Throws `foreign-origin`, `input-invalid`. */
export function archiveOf(
  request: Request,
  context: Context,
): { chunks: AsyncIterable<Uint8Array>; bytes: number | null } | null {
  refuseForeignOrigin(context.headers, context.web.publicUrl);
  if (!/^application\/(octet-stream|x-tar)\b/i.test(request.headers.get("content-type") ?? "")) {
    throw new AppError("input-invalid", { reason: "content-type: application/x-tar, with the bare archive as the body" });
  }
  if (request.body === null) return null;
  const declared = Number(request.headers.get("content-length") ?? "");
  return { chunks: chunksOf(request.body), bytes: Number.isSafeInteger(declared) && declared > 0 ? declared : null };
}
