import { Readable } from "node:stream";
import { asDownload } from "../../../../../server/files/rules/disposition.ts";
import { findingsCsv } from "../../../../../server/imports/rules/findings-csv.ts";
import { ulidSchema } from "../../../../../server/platform/contract.ts";
import { AppError } from "../../../../../server/platform/errors.ts";
import { admin, answering } from "../../../../_server/answering.ts";
import { standardHeaders } from "../../../../_server/refusals.ts";

/** All that is wrong with a file, as CSV. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answering(request, async (context) => {
    const actor = await admin(context);
    const id = ulidSchema.safeParse((await params).id).data;
    if (id === undefined) throw new AppError("not-found", { what: "import" });
    await context.web.imports.get(actor, id);
    const body = Readable.toWeb(Readable.from(findingsCsv(context.web.imports.allFindings(actor, id))));
    const headers = {
      ...standardHeaders(context.web),
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": asDownload("problems.csv"),
      "x-content-type-options": "nosniff",
    };
    return new Response(body as ReadableStream<Uint8Array>, { headers });
  });
}
