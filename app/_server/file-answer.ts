import { Readable } from "node:stream";
import type { StoredFile } from "../../server/files/contract.ts";
import { openFile } from "../../server/files/open-file.ts";
import { asDownload } from "../../server/files/rules/disposition.ts";
import { neededFolder } from "../../server/files/store.ts";
import { AppError } from "../../server/platform/errors.ts";
import type { Context } from "../../server/trpc/init.ts";
import { standardHeaders } from "./refusals.ts";

/**
 * A stored file as an answer: its content never changes, so a browser asks once. Whatever it holds, nothing of it runs as part of our site: its
 * type is not guessed at, no script of it is run, no other site shows it. With `fileName` it is kept as a file, never opened in the page. Throws
 * `file-gone`.
 */
export async function fileAnswer(
  { web, headers: asked, method }: Context,
  { sha256, contentType, fileName }: Pick<StoredFile, "sha256" | "contentType"> & { fileName?: string },
): Promise<Response> {
  const etag = `"${sha256}"`;
  const headers: Record<string, string> = {
    ...standardHeaders(web),
    etag,
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
  if ((asked.get("if-none-match") ?? "").includes(etag)) return new Response(null, { status: 304, headers });
  const file = await openFile(neededFolder(web.files), sha256);
  if (file === null) throw new AppError("file-gone", {});
  headers["content-type"] = contentType;
  if (fileName !== undefined) headers["content-disposition"] = asDownload(fileName);
  if (method === "HEAD") {
    file.stream.destroy();
    return new Response(null, { headers });
  }
  return new Response(Readable.toWeb(file.stream) as ReadableStream<Uint8Array>, { headers });
}
