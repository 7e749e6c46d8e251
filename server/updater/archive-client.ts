import type { Readable } from "node:stream";
import { Readable as NodeReadable } from "node:stream";
import type { Agent, Response } from "undici";
import { fetch } from "undici";
import { z } from "zod";
import { problemSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { receivedSchema } from "./backup-contract.ts";
import type { Received } from "./backup-contract.ts";

/** Archives through the updater's socket, as the one for whom a ticket was issued. Nothing of one is held in memory. */
export type ArchiveClient = {
  /** Throws what the updater says (`ticket-void`, `backup-damaged`), or `service-unreachable`. A stream that is cut off fails. */
  download: (ticket: string) => Promise<{ stream: Readable; bytes: number }>;
  /** `bytes`: as the sender says, if it does. Throws what the updater says (`archive-not-taken` …), or `service-unreachable`. */
  upload: (ticket: string, archive: AsyncIterable<Uint8Array>, bytes: number | null) => Promise<Received>;
};

export function createArchiveClient(agent: Agent, headers: Record<string, string>): ArchiveClient {
  const send = async (ticket: string, init: Parameters<typeof fetch>[1]): Promise<Response> => {
    // The host is not used: the agent connects to the socket.
    const answer = await fetch(`http://updater/archives/${encodeURIComponent(ticket)}`, { ...init, dispatcher: agent }).catch(
      (error: unknown) => {
        throw unreachable(error);
      },
    );
    if (answer.ok) return answer;
    const said = z.object({ problem: problemSchema }).safeParse(await answer.json().catch(() => null));
    throw said.success ? AppError.reported(said.data.problem) : unreachable(`it answered ${answer.status}`);
  };
  return {
    download: async (ticket) => {
      const answer = await send(ticket, { headers });
      if (answer.body === null) throw unreachable("it answered nothing");
      return {
        stream: NodeReadable.fromWeb(answer.body),
        bytes: Number(answer.headers.get("content-length")),
      };
    },
    upload: async (ticket, archive, bytes) => {
      const length = bytes === null ? {} : { "content-length": String(bytes) };
      const body = NodeReadable.from(archive);
      const answer = await send(ticket, { method: "PUT", headers: { ...headers, ...length }, body, duplex: "half" });
      return receivedSchema.parse(await answer.json());
    },
  };
}

function unreachable(error: unknown): AppError {
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError("service-unreachable", { service: "The update service", reason }, { cause: error });
}
