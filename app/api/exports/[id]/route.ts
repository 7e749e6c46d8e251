import { Readable } from "node:stream";
import { asAdmin } from "../../../../server/auth/actors.ts";
import { exportIdSchema } from "../../../../server/exports/contract.ts";
import { asDownload } from "../../../../server/files/rules/disposition.ts";
import { AppError } from "../../../../server/platform/errors.ts";
import { answering, signedIn } from "../../../_server/answering.ts";
import { standardHeaders } from "../../../_server/refusals.ts";

/** The file of a complete export, for an admin; with users and settings inside, for an owner. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answering(request, async (context) => {
    const actor = asAdmin(await signedIn(context));
    if (actor === null) throw new AppError("role-needed", { role: "admin" });
    const asked = exportIdSchema.safeParse(await params).data;
    if (asked === undefined) throw new AppError("not-found", { what: "export" });
    const { fileName, bytes, stream } = await context.web.exports.open(actor, asked.id);
    const headers = {
      ...standardHeaders(context.web),
      "content-type": "application/zip",
      "content-length": String(bytes),
      "content-disposition": asDownload(fileName),
      "x-content-type-options": "nosniff",
    };
    if (context.method === "HEAD") {
      stream.destroy();
      return new Response(null, { headers });
    }
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { headers });
  });
}
