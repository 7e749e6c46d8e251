import { sha256Schema } from "../../../../server/files/contract.ts";
import { isImageType } from "../../../../server/files/rules/content-type.ts";
import { findStoredFile } from "../../../../server/files/store.ts";
import { AppError } from "../../../../server/platform/errors.ts";
import { answering, signedIn } from "../../../_server/answering.ts";
import { fileAnswer } from "../../../_server/file-answer.ts";

/** A picture that the database refers to, for whoever is signed in. */
export async function GET(request: Request, { params }: { params: Promise<{ sha256: string }> }): Promise<Response> {
  return answering(request, async (context) => {
    await signedIn(context);
    const sha256 = sha256Schema.safeParse((await params).sha256).data;
    const file = sha256 === undefined ? null : await findStoredFile(context.db, sha256);
    if (file === null || !isImageType(file.contentType)) throw new AppError("not-found", { what: "picture" });
    return fileAnswer(context, file);
  });
}
