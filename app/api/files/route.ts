import { fileKindSchema, MOST_BYTES } from "../../../server/files/contract.ts";
import { storeFile } from "../../../server/files/store-file.ts";
import { neededFolder } from "../../../server/files/store.ts";
import { AppError } from "../../../server/platform/errors.ts";
import { answering, editor } from "../../_server/answering.ts";
import { standardHeaders } from "../../_server/refusals.ts";
import { chunksOf } from "../../_server/rest-of-body.ts";

/**
 * Takes the content of one file, `?kind=image` or `?kind=attachment`, and says its sha256; saving an item or an order with it comes after. The body is
 * the bare content, not a form: it is read as it comes, without a parser, and of a type that no form of another site can send. It writes no row, so
 * the same upload twice is one file: a key need not be remembered, it only says that the request may be sent again.
 */
export async function POST(request: Request): Promise<Response> {
  return answering(request, async (context) => {
    await editor(context);
    const kind = fileKindSchema.safeParse(new URL(request.url).searchParams.get("kind")).data;
    if (kind === undefined) throw new AppError("input-invalid", { reason: "kind: image or attachment" });
    if (!/^application\/octet-stream\b/i.test(request.headers.get("content-type") ?? "")) {
      throw new AppError("input-invalid", {
        reason: "content-type: application/octet-stream, with the bare content as the body",
      });
    }
    const mostBytes = MOST_BYTES[kind];
    if (Number(request.headers.get("content-length") ?? 0) > mostBytes) throw new AppError("file-too-large", { mostBytes });
    if (request.body === null) throw new AppError("file-empty", {});
    const stored = await storeFile(neededFolder(context.web.files), chunksOf(request.body), { kind });
    return Response.json(stored, { headers: standardHeaders(context.web) });
  });
}
