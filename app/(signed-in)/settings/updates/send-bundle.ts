import type { ReceivedBundle } from "../../../../server/releases/bundle-contract.ts";
import { receivedBundleSchema } from "../../../../server/releases/bundle-contract.ts";
import { refusedWith } from "../../../_client/refused-with.ts";

type Post = (address: string, file: File, onBytes: (bytes: number) => void) => Promise<{ status: number; text: string }>;

/**
 * Sends a bundle's file, as it is read from the disk, and says how many bytes have gone. Throws `RefusedRequest`. A ticket is good for one time, so nothing
 * is sent again by itself.
 */
export async function sendBundle(
  file: File,
  ticket: string,
  { onBytes, post = postFile }: { onBytes: (bytes: number) => void; post?: Post },
): Promise<ReceivedBundle> {
  const { status, text } = await post(`/api/bundles/${ticket}`, file, onBytes);
  const answer = parse(text);
  const received = receivedBundleSchema.safeParse(answer);
  if (status === 200 && received.success) return received.data;
  throw refusedWith(answer, {
    code: "no-answer",
    happened: "FilaOps did not say what became of the file.",
    meaning: "Your version and your data are untouched.",
    todo:
      status === 413
        ? "The proxy before FilaOps takes no file of this size; whoever looks after the server can raise its limit, or lay the file into the folder."
        : "Look whether it stands in the list. If not, try again.",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `fetch` does not say how far it is. */
const postFile: Post = (address, file, onBytes) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded }) => {
      onBytes(loaded);
    };
    request.onloadend = () => {
      resolve({ status: request.status, text: request.responseText });
    };
    request.open("POST", address);
    request.setRequestHeader("content-type", "application/x-tar");
    request.send(file);
  });
