import type { Readable } from "node:stream";
import { Readable as NodeReadable } from "node:stream";
import type { Agent, Response } from "undici";
import { fetch } from "undici";
import { z } from "zod";
import { problemSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { ReceivedBundle } from "../releases/bundle-contract.ts";
import { receivedBundleSchema } from "../releases/bundle-contract.ts";
import { receivedSchema } from "./backup-contract.ts";
import type { Received } from "./backup-contract.ts";

/** Archives through the updater's socket, as the one for whom a ticket was issued. Nothing of one is held in memory. */
export type ArchiveClient = {
  /** Throws what the updater says (`ticket-void`, `backup-damaged`), or `service-unreachable`. A stream that is cut off fails. */
  download: (ticket: string) => Promise<{ stream: Readable; bytes: number }>;
  /** `bytes`: as the sender says, if it does. Throws what the updater says (`archive-not-taken` …), or `service-unreachable`. */
  upload: (ticket: string, archive: AsyncIterable<Uint8Array>, bytes: number | null) => Promise<Received>;
  /** The same with a release's bundle (`bundle-refused`, `bundle-differs` …). */
  uploadBundle: (ticket: string, bundle: AsyncIterable<Uint8Array>, bytes: number | null) => Promise<ReceivedBundle>;
};

export function createArchiveClient(agent: Agent, headers: Record<string, string>): ArchiveClient {
  const send = async (path: string, init: Parameters<typeof fetch>[1]): Promise<Response> => {
    // The host is not used: the agent connects to the socket.
    const answer = await fetch(`http://updater/${path}`, { ...init, dispatcher: agent }).catch((error: unknown) => {
      throw unreachable(error);
    });
    if (answer.ok) return answer;
    const said = z.object({ problem: problemSchema }).safeParse(await answer.json().catch(() => null));
    throw said.success ? AppError.reported(said.data.problem) : unreachable(`it answered ${answer.status}`);
  };
  const put = async (path: string, content: AsyncIterable<Uint8Array>, bytes: number | null): Promise<unknown> => {
    const length = bytes === null ? {} : { "content-length": String(bytes) };
    const body = NodeReadable.from(content);
    return (await send(path, { method: "PUT", headers: { ...headers, ...length }, body, duplex: "half" })).json();
  };
  return {
    download: async (ticket) => {
      const answer = await send(`archives/${encodeURIComponent(ticket)}`, { headers });
      if (answer.body === null) throw unreachable("it answered nothing");
      return {
        stream: NodeReadable.fromWeb(answer.body),
        bytes: Number(answer.headers.get("content-length")),
      };
    },
    upload: async (ticket, archive, bytes) =>
      receivedSchema.parse(await put(`archives/${encodeURIComponent(ticket)}`, archive, bytes)),
    uploadBundle: async (ticket, bundle, bytes) =>
      receivedBundleSchema.parse(await put(`bundles/${encodeURIComponent(ticket)}`, bundle, bytes)),
  };
}

function unreachable(error: unknown): AppError {
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError("service-unreachable", { service: "The update service", reason }, { cause: error });
}
