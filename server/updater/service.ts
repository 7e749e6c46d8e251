import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { chmod } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { TRPCError } from "@trpc/server";
import type { Clock } from "../platform/clock.ts";
import { toProblem } from "../platform/errors.ts";
import { remove } from "../platform/files.ts";
import type { Log } from "../platform/log.ts";
import { isArchive, serveArchive } from "./archives.ts";
import type { Tokens } from "./authenticate.ts";
import { authenticate } from "./authenticate.ts";
import type { UpdaterContext } from "./init.ts";
import { updaterRouter } from "./router.ts";
import { createTickets } from "./tickets.ts";

export type ServiceOptions = Omit<UpdaterContext, "caller" | "tickets"> & {
  socketPath: string;
  tokens: Tokens;
  clock: Clock;
  log: Log;
};

/** Nothing that is asked of us needs more. */
const MAX_BODY = 64 * 1024;
const LAST_ANSWERS_MS = 3000;

/**
 * Serves the updater's router on its unix socket: the only door, open to the owner and the group of the run folder (0660), and a token
 * besides. Whoever calls holds the updater's lock, so a socket that is there already is what a killed one left behind, and is replaced.
 */
export async function serve(options: ServiceOptions): Promise<{ close: () => Promise<void> }> {
  const { socketPath, tokens, log, ...context } = options;
  const tickets = createTickets(context.clock);
  const calls = createHTTPHandler({
    router: updaterRouter,
    maxBodySize: MAX_BODY,
    createContext: ({ req }): UpdaterContext => ({
      ...context,
      tickets,
      caller: callerOf(() => authenticate(req.headers, tokens)),
    }),
    onError: ({ error, path }) => {
      log.warn({ path, code: error.code, problem: toProblem(error.cause ?? error).code, err: error.cause }, "a call failed");
    },
  });
  const server = createServer((request, response) => {
    if (!isArchive(request)) {
      calls(request, response);
      return;
    }
    // What even its own report could not be written of ends one connection, not the service.
    serveArchive({ ...context, tickets, tokens, log }, request, response).catch((error: unknown) => {
      log.error({ err: error }, "an archive could not be dealt with");
      response.destroy();
    });
  });
  // An archive comes or goes for as long as it takes.
  server.requestTimeout = 0;
  await remove(socketPath);
  await listen(server, socketPath);
  await chmod(socketPath, 0o660);
  return { close: () => close(server) };
}

function callerOf(authenticated: () => UpdaterContext["caller"]): UpdaterContext["caller"] {
  try {
    return authenticated();
  } catch (error) {
    throw new TRPCError({ code: "UNAUTHORIZED", cause: error });
  }
}

/** Binds with a mask that leaves others nothing from the first moment; `listen` on a path binds before it returns. */
async function listen(server: Server, socketPath: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const mask = process.umask(0o117);
    server.listen(socketPath, resolve);
    process.umask(mask);
  });
}

/** Takes nothing new, lets what is being answered be answered, and cuts what takes too long. */
async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    // A connection whose last answer has gone out would be kept open for the next question.
    const answered = setInterval(() => {
      server.closeIdleConnections();
    }, 20);
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, LAST_ANSWERS_MS);
    server.close(() => {
      clearInterval(answered);
      clearTimeout(cut);
      resolve();
    });
  });
}
