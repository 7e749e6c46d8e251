import { importSchema, IMPORTS_PATH } from "../../../../../server/imports/contract.ts";
import type { Import } from "../../../../../server/imports/contract.ts";
import { refusedWith } from "../../../../_client/refused-with.ts";
import { pausedFetch } from "../../../../_update/paused-fetch.ts";

/**
 * Sends a file that is to be imported, as it is read from the disk; nothing is changed by it. While an update pauses saving it waits. Throws
 * `RefusedRequest`, or `SaveNotAnswered`.
 */
export async function sendImport(file: File, send: typeof fetch = pausedFetch): Promise<Import> {
  const response = await send(`${IMPORTS_PATH}?name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: file,
  });
  const answer: unknown = await response.json().catch(() => null);
  const received = importSchema.safeParse(answer);
  if (response.ok && received.success) return received.data;
  throw refusedWith(answer, {
    code: "no-answer",
    happened: "FilaOps did not say whether it has the file.",
    meaning: "Nothing was changed.",
    todo:
      response.status === 413
        ? "The proxy before FilaOps takes no file of this size; whoever looks after the server can raise its limit."
        : "Look whether it stands in the list. If not, choose it again.",
  });
}
