import { findAttachment } from "../../../../../server/orders/store.ts";
import { AppError } from "../../../../../server/platform/errors.ts";
import { idSchema } from "../../../../../server/trpc/contract.ts";
import { answering, signedIn } from "../../../../_server/answering.ts";
import { fileAnswer } from "../../../../_server/file-answer.ts";

/** An attachment of an order, to be kept under its name, for whoever is signed in. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answering(request, async (context) => {
    await signedIn(context);
    const id = idSchema.safeParse((await params).id).data;
    const attachment = id === undefined ? null : await findAttachment(context.db, id);
    if (attachment === null) throw new AppError("not-found", { what: "attachment" });
    return fileAnswer(context, attachment);
  });
}
