import { Readable } from "node:stream";
import { AppError } from "../../../../server/platform/errors.ts";
import { answering } from "../../../_server/answering.ts";
import { archiveOf, archives } from "../../../_server/archives.ts";
import { standardHeaders } from "../../../_server/refusals.ts";

type Params = { params: Promise<{ ticket: string }> };

/** A backup as one file, by a ticket of `backups.downloadTicket`: what is downloaded is a navigation, which can carry no password or key of its own. */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  return answering(request, async (context) => {
    const { ticket } = await params;
    const { stream, bytes } = await (await archives(context)).download(ticket);
    return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
      headers: {
        ...standardHeaders(context.web),
        "content-type": "application/x-tar",
        "content-length": String(bytes),
        "content-disposition": 'attachment; filename="filaops-backup.tar"',
        "x-content-type-options": "nosniff",
      },
    });
  });
}

/** Takes in a backup that was downloaded before, by a ticket of `backups.uploadTicket`: the bare file is the body. Says what became of it. */
export async function POST(request: Request, { params }: Params): Promise<Response> {
  return answering(request, async (context) => {
    const archive = archiveOf(request, context);
    if (archive === null) throw new AppError("archive-not-taken", { reason: "it is empty" });
    const { ticket } = await params;
    const received = await (await archives(context)).upload(ticket, archive.chunks, archive.bytes);
    return Response.json(received, { headers: standardHeaders(context.web) });
  });
}
