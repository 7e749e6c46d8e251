import { Readable } from "node:stream";
import { asAdmin } from "../../../../server/auth/actors.ts";
import { AppError } from "../../../../server/platform/errors.ts";
import type { Context } from "../../../../server/trpc/init.ts";
import { refuseForeignOrigin } from "../../../../server/trpc/origin.ts";
import type { ArchiveClient } from "../../../../server/updater/archive-client.ts";
import { answering, signedIn } from "../../../_server/answering.ts";
import { standardHeaders } from "../../../_server/refusals.ts";
import { chunksOf } from "../../../_server/rest-of-body.ts";

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
    refuseForeignOrigin(context.headers, context.web.publicUrl);
    if (!/^application\/(octet-stream|x-tar)\b/i.test(request.headers.get("content-type") ?? "")) {
      throw new AppError("input-invalid", { reason: "content-type: application/x-tar, with the bare archive as the body" });
    }
    if (request.body === null) throw new AppError("archive-not-taken", { reason: "it is empty" });
    const declared = Number(request.headers.get("content-length") ?? "");
    const bytes = Number.isSafeInteger(declared) && declared > 0 ? declared : null;
    const { ticket } = await params;
    const received = await (await archives(context)).upload(ticket, chunksOf(request.body), bytes);
    return Response.json(received, { headers: standardHeaders(context.web) });
  });
}

async function archives(context: Context): Promise<ArchiveClient> {
  const actor = asAdmin(await signedIn(context));
  if (actor === null) throw new AppError("role-needed", { role: "admin" });
  return context.web.updater.archives({ kind: "user", userId: actor.id.toString() });
}
