import { MOST_BYTES, storedFileSchema, UPLOAD_PATH } from "../../server/files/contract.ts";
import type { FileKind, StoredFile } from "../../server/files/contract.ts";
import type { Problem } from "../../server/platform/contract.ts";
import { IDEMPOTENCY_HEADER } from "../../server/trpc/contract.ts";
import { newKey } from "../_update/new-key.ts";
import { pausedFetch } from "../_update/paused-fetch.ts";
import { RefusedRequest } from "./problem.ts";
import { refusedWith } from "./refused-with.ts";

/** As the server would say it, before a large file has gone all the way for it. */
function tooLarge(kind: FileKind): Problem {
  return {
    code: "file-too-large",
    happened: `The file is too large: at most ${MOST_BYTES[kind] / 1_048_576} MB.`,
    meaning: "Nothing of it was sent.",
    todo: "Choose a smaller one.",
  };
}

const TOO_LARGE_ON_THE_WAY: Problem = {
  code: "too-large-on-the-way",
  happened: "The file did not get through: something before FilaOps takes none of this size.",
  meaning: "Nothing of it was kept.",
  todo: "Choose a smaller one, or ask whoever looks after the server to raise the limit of the proxy before FilaOps.",
};
const NOT_UNDERSTOOD: Problem = {
  code: "no-answer",
  happened: "FilaOps did not say whether it has the file.",
  meaning: "Nothing that was saved before is affected.",
  todo: "Try again: the same file twice is kept once.",
};

/**
 * Brings a file's content to the server, which says by which name a save can refer to it. While an update pauses saving it waits and is sent
 * again, as saves are. Throws `RefusedRequest`, or `SaveNotAnswered`.
 */
export async function uploadFile(file: File, kind: FileKind): Promise<StoredFile> {
  if (file.size > MOST_BYTES[kind]) throw new RefusedRequest(tooLarge(kind));
  const response = await pausedFetch(`${UPLOAD_PATH}?kind=${kind}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", [IDEMPOTENCY_HEADER]: newKey() },
    body: file,
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const stored = storedFileSchema.safeParse(answer);
    if (stored.success) return stored.data;
    throw new RefusedRequest(NOT_UNDERSTOOD);
  }
  throw refusedWith(answer, response.status === 413 ? TOO_LARGE_ON_THE_WAY : NOT_UNDERSTOOD);
}
