import { tidyFileName } from "../../../server/files/contract.ts";
import { LIMITS } from "../../../server/imports/contract.ts";
import { AppError } from "../../../server/platform/errors.ts";
import { admin, answering } from "../../_server/answering.ts";
import { standardHeaders } from "../../_server/refusals.ts";
import { chunksOf } from "../../_server/rest-of-body.ts";

/**
 * Takes a file that is to be imported, as the bare body; `?name=` is what the person calls it. It is kept and looked at; nothing is written into the
 * database before somebody says so. Answers with the import, which `imports.get` tells more of.
 */
export async function POST(request: Request): Promise<Response> {
  return answering(request, async (context) => {
    const actor = await admin(context);
    if (!/^application\/octet-stream\b/i.test(request.headers.get("content-type") ?? "")) {
      throw new AppError("input-invalid", {
        reason: "content-type: application/octet-stream, with the bare content as the body",
      });
    }
    const mostBytes = LIMITS.uploadBytes;
    if (Number(request.headers.get("content-length") ?? 0) > mostBytes) throw new AppError("import-too-large", { mostBytes });
    if (request.body === null) throw new AppError("file-empty", {});
    const fileName = tidyFileName(new URL(request.url).searchParams.get("name") ?? "");
    const received = await context.web.imports.receive(actor, { fileName, content: chunksOf(request.body) });
    return Response.json(received, { headers: standardHeaders(context.web) });
  });
}
