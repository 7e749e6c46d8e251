import { receivedSchema } from "../../../../server/updater/backup-contract.ts";
import type { Received } from "../../../../server/updater/backup-contract.ts";
import { refusedWith } from "../../../_client/refused-with.ts";

/** Where an archive comes from and goes to, by a ticket. */
export const archivePath = (ticket: string) => `/api/backups/${ticket}`;

/** Sends a backup's file, as it is read from the disk. Throws `RefusedRequest`. A ticket is good for one time, so nothing is sent again by itself. */
export async function sendBackup(file: File, ticket: string, send: typeof fetch = fetch): Promise<Received> {
  const response = await send(archivePath(ticket), {
    method: "POST",
    headers: { "content-type": "application/x-tar" },
    body: file,
  });
  const answer: unknown = await response.json().catch(() => null);
  const received = receivedSchema.safeParse(answer);
  if (response.ok && received.success) return received.data;
  throw refusedWith(answer, {
    code: "no-answer",
    happened: "FilaOps did not say what became of the file.",
    meaning: "Nothing that was here before is affected.",
    todo:
      response.status === 413
        ? "The proxy before FilaOps takes no file of this size; whoever looks after the server can raise its limit."
        : "Look whether it stands in the list. If not, try again.",
  });
}
