import { AppError } from "../../../../server/platform/errors.ts";
import { answering } from "../../../_server/answering.ts";
import { archiveOf, archives } from "../../../_server/archives.ts";
import { standardHeaders } from "../../../_server/refusals.ts";

/** Takes in a release's bundle, by a ticket of `updates.bundleTicket`: the bare file is the body. Says what became of it. */
export async function POST(request: Request, { params }: { params: Promise<{ ticket: string }> }): Promise<Response> {
  return answering(request, async (context) => {
    const bundle = archiveOf(request, context);
    if (bundle === null) throw new AppError("bundle-refused", { reason: "it is empty" });
    const { ticket } = await params;
    const received = await (await archives(context)).uploadBundle(ticket, bundle.chunks, bundle.bytes);
    return Response.json(received, { headers: standardHeaders(context.web) });
  });
}
