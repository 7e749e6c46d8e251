import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Audit } from "../audit/write.ts";
import type { Actor } from "../platform/contract.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import type { Tokens } from "./authenticate.ts";
import { authenticate } from "./authenticate.ts";
import { actorOf } from "./init.ts";
import type { Operations } from "./operations.ts";
import type { Errand, Tickets } from "./tickets.ts";
import type { Users } from "./users.ts";

export type ArchivesOptions = { operations: Operations; users: Users; tickets: Tickets; tokens: Tokens; audit: Audit; log: Log };

const ADDRESS = /^\/(archives|bundles)\/([\w-]{32})$/;

/** What each method does with each kind of address, and what the audit log calls it. */
const ERRANDS: Record<string, { kind: Errand["kind"]; action: string }> = {
  "GET archives": { kind: "download", action: "updater.download-backup" },
  "PUT archives": { kind: "upload", action: "updater.upload-backup" },
  "PUT bundles": { kind: "bundle", action: "updater.upload-bundle" },
};

/** Whether a request of the socket is for us: an archive is no call, but a stream in one direction. */
export function isArchive(request: IncomingMessage): boolean {
  return /^\/(archives|bundles)\//.test(request.url ?? "");
}

/**
 * `GET /archives/<ticket>` gives the archive of a backup, `PUT /archives/<ticket>` takes one in, and `PUT /bundles/<ticket>` a release's bundle, and answers
 * with what became of it. Authenticated as every call is, and by a ticket besides. A problem is answered as `{ problem }` with 400, unless the answer has begun: then the line is cut.
 */
export async function serveArchive(options: ArchivesOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let actor: Actor | null = null;
  const [, collection = "archives", ticket = ""] = ADDRESS.exec(request.url ?? "") ?? [];
  const { kind, action } = ERRANDS[`${request.method ?? ""} ${collection}`] ?? {
    kind: "download",
    action: "updater.download-backup",
  };
  try {
    const caller = authenticate(request.headers, options.tokens);
    actor = await actorOf({ caller, users: options.users });
    const errand = options.tickets.redeem(ticket, kind, actor);
    if (errand.kind === "download") await giveOut(options, response, errand.backup);
    else await takeIn(receiverOf(options, errand.kind), request, response);
    await options.audit({ actor, action, result: "done", detail: {} });
  } catch (error) {
    const problem = toProblem(error);
    options.log.warn({ problem: problem.code, err: error }, "an archive did not get through");
    if (actor !== null) {
      await options.audit({ actor, action, result: "failed", detail: { problem: problem.code } });
    }
    refuse(response, error);
  }
}

async function giveOut({ operations }: ArchivesOptions, response: ServerResponse, backup: string): Promise<void> {
  const { stream, bytes } = await operations.packBackup(backup);
  response.writeHead(200, { "content-type": "application/x-tar", "content-length": bytes });
  await pipeline(stream, response);
}

type Receive = (stream: Readable, options: { signal: AbortSignal; declaredBytes?: number }) => Promise<object>;

function receiverOf({ operations }: ArchivesOptions, kind: "upload" | "bundle"): Receive {
  return kind === "upload"
    ? (stream, options) => operations.receiveBackup(stream, options)
    : (stream, options) => operations.receiveBundle(stream, options);
}

async function takeIn(receive: Receive, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const declared = Number(request.headers["content-length"]);
  const gone = new AbortController();
  request.once("close", () => {
    if (!request.complete) gone.abort(new Error("the sender went away"));
  });
  // A stream that is refused is destroyed, and the line with it: so it is one of our own.
  const archive = new PassThrough();
  request.pipe(archive);
  try {
    const received = await receive(archive, {
      signal: gone.signal,
      ...(Number.isSafeInteger(declared) && declared > 0 ? { declaredBytes: declared } : {}),
    });
    answer(response, received);
  } catch (error) {
    // Whoever is still sending would not read an answer.
    request.unpipe(archive).resume();
    if (!request.complete && !request.closed) await once(request, "close");
    throw error;
  }
}

function answer(response: ServerResponse, received: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(received));
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = error instanceof AppError && error.code === "caller-unknown" ? 401 : 400;
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ problem: toProblem(error) }));
}
