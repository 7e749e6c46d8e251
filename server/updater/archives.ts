import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
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
import type { Tickets } from "./tickets.ts";
import type { Users } from "./users.ts";

export type ArchivesOptions = { operations: Operations; users: Users; tickets: Tickets; tokens: Tokens; audit: Audit; log: Log };

const ADDRESS = /^\/archives\/([\w-]{32})$/;

/** Whether a request of the socket is for us: an archive is no call, but a stream in one direction. */
export function isArchive(request: IncomingMessage): boolean {
  return request.url?.startsWith("/archives/") === true;
}

/**
 * `GET /archives/<ticket>` gives the archive of a backup, `PUT /archives/<ticket>` takes one in and answers with what became of it. Authenticated as
 * every call is, and by a ticket besides. A problem is answered as `{ problem }` with 400, unless the answer has begun: then the line is cut.
 */
export async function serveArchive(options: ArchivesOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let actor: Actor | null = null;
  const action = request.method === "PUT" ? "upload" : "download";
  try {
    const caller = authenticate(request.headers, options.tokens);
    actor = await actorOf({ caller, users: options.users });
    const ticket = ADDRESS.exec(request.url ?? "")?.[1] ?? "";
    const errand = options.tickets.redeem(ticket, action, actor);
    if (errand.kind === "upload") await takeIn(options, request, response);
    else await giveOut(options, response, errand.backup);
    await options.audit({ actor, action: `updater.${action}-backup`, result: "done", detail: {} });
  } catch (error) {
    const problem = toProblem(error);
    options.log.warn({ problem: problem.code, err: error }, "an archive did not get through");
    if (actor !== null) {
      await options.audit({ actor, action: `updater.${action}-backup`, result: "failed", detail: { problem: problem.code } });
    }
    refuse(response, error);
  }
}

async function giveOut({ operations }: ArchivesOptions, response: ServerResponse, backup: string): Promise<void> {
  const { stream, bytes } = await operations.packBackup(backup);
  response.writeHead(200, { "content-type": "application/x-tar", "content-length": bytes });
  await pipeline(stream, response);
}

async function takeIn({ operations }: ArchivesOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const declared = Number(request.headers["content-length"]);
  const gone = new AbortController();
  request.once("close", () => {
    if (!request.complete) gone.abort(new Error("the sender went away"));
  });
  // A stream that is refused is destroyed, and the line with it: so it is one of our own.
  const archive = new PassThrough();
  request.pipe(archive);
  try {
    const received = await operations.receiveBackup(archive, {
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
