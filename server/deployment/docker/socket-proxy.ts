import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, request } from "node:http";
import { Readable } from "node:stream";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { parseJson, remove } from "../../platform/files.ts";
import type { Log } from "../../platform/log.ts";
import { judgedLoad } from "./judged-load.ts";
import type { Relayed } from "./relay.ts";
import { UNREACHABLE, answer, answerUpgrade, relay, relayUpgrade } from "./relay.ts";
import type { Named, Site } from "./rules/engine-body.ts";
import { PROJECT_LABEL, SERVICE_LABEL, judgeConnection, judgeContainer } from "./rules/engine-body.ts";
import type { Allowed, BodyKind } from "./rules/engine-request.ts";
import { judgeRequest } from "./rules/engine-request.ts";

export type SocketProxyOptions = {
  /** Where it listens, and where the engine does. */
  socket: string;
  engine: string;
  site: Site;
  log: Log;
};

/** Nothing that is read and judged is larger. */
const MOST_BYTES = 256 * 1024;
const LIMITS = {
  headersTimeout: 15_000,
  // A build's source may take its time, and so may what is waited for.
  requestTimeout: 0,
  keepAliveTimeout: 75_000,
};
/** The service that this is: who stops it has no Docker any more, and cannot start it again. */
const OWN_SERVICE = "socket-proxy";

/** Why a request does not pass. */
class Refusal extends Error {
  readonly status: number;
  constructor(reason: string, status = 403) {
    super(reason);
    this.status = status;
  }
}

/**
 * Docker's engine for one project: a unix socket that lets through what FilaOps asks for (`rules/`) and refuses all else with 403 and a sentence. What
 * a request is about must be the project's, which the engine is asked for before.
 */
export async function openSocketProxy({
  socket,
  engine,
  site,
  log,
}: SocketProxyOptions): Promise<{ close: () => Promise<void> }> {
  const look = lookAt(engine);
  const upgraded = new Set<Duplex>();
  const judge = async (incoming: IncomingMessage, upgrades: boolean): Promise<Relayed> => {
    const allowed = judgeRequest(incoming.method ?? "", incoming.url ?? "");
    if (allowed.kind === "refused") throw new Refusal(allowed.reason);
    if (upgrades && !allowed.upgrades) throw new Refusal("FilaOps never makes a plain stream of this");
    const id = allowed.subject === null ? "" : await ownId(allowed.subject, { look, site, changes: allowed.changes });
    const body = await judgedBody(incoming, allowed, { look, site });
    const stream = streamOf(allowed.body, incoming, (error) => {
      log.warn({ method: incoming.method, path: "/images/load", err: error }, "an image was refused on its way");
    });
    return { target: allowed.target(id), body, stream };
  };
  const explain = (incoming: IncomingMessage, error: unknown): { status: number; message: string } => {
    const asked = { method: incoming.method, path: (incoming.url ?? "").split("?")[0] };
    if (!(error instanceof Refusal)) {
      log.error({ ...asked, err: error }, "Docker does not answer");
      return { status: 502, message: UNREACHABLE };
    }
    const { status, message: reason } = error;
    if (status === 404) return { status, message: reason };
    log.warn({ ...asked, reason }, "a request was refused");
    return { status, message: `FilaOps' socket proxy refused this: ${reason}.` };
  };

  const server = createServer(LIMITS, (incoming, response) => {
    judge(incoming, false).then(
      (relayed) => {
        relay(incoming, response, { engine, ...relayed });
      },
      (error: unknown) => {
        incoming.resume();
        answer(response, explain(incoming, error));
      },
    );
  });
  server.on("upgrade", (incoming, near, early) => {
    upgraded.add(near);
    near.once("close", () => upgraded.delete(near));
    near.on("error", () => near.destroy());
    near.unshift(early);
    judge(incoming, true).then(
      (relayed) => {
        relayUpgrade(incoming, near, { engine, ...relayed });
      },
      (error: unknown) => {
        answerUpgrade(near, explain(incoming, error));
      },
    );
  });
  await remove(socket);
  server.listen(socket);
  await once(server, "listening");
  return {
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const near of upgraded) near.destroy();
      await closed;
    },
  };
}

type Looking = { look: Look; site: Site };

/** A body that is handed on while it comes. Of one that is refused on its way the connection is cut. */
function streamOf(kind: BodyKind, incoming: IncomingMessage, onRefused: (error: unknown) => void): Relayed["stream"] {
  if (kind === "stream") return incoming;
  if (kind !== "image") return null;
  return Readable.from(judgedLoad(incoming as AsyncIterable<Uint8Array>)).once("error", (error) => {
    onRefused(error);
    incoming.destroy();
  });
}

async function judgedBody(incoming: IncomingMessage, { body: kind }: Allowed, looking: Looking): Promise<unknown> {
  if (kind === "none" || kind === "stream" || kind === "image") return undefined;
  const raw = await readBody(incoming);
  const judged = kind === "container" ? judgeContainer(raw, looking.site) : judgeConnection(raw);
  if (judged.kind === "refused") throw new Refusal(judged.reason);
  for (const named of judged.named) await ownId(named, { ...looking, changes: true });
  return judged.body;
}

async function readBody(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Refusal("it is larger than anything that FilaOps asks for");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Refusal("its body is not JSON");
  }
}

/** The id of what is named, which must be the project's. */
async function ownId({ kind, name }: Named, { look, site, changes }: Looking & { changes: boolean }): Promise<string> {
  const found = await look(kind, name);
  if (found === null) throw new Refusal(`No such ${kind}: ${name}`, 404);
  const isOurs = found.labels[PROJECT_LABEL] === site.project || (kind === "network" && site.networks.includes(found.name));
  if (!isOurs) throw new Refusal(`the ${kind} ${name} is not part of the project ${site.project}`);
  if (changes && found.labels[SERVICE_LABEL] === OWN_SERVICE) throw new Refusal("it is about the socket proxy itself");
  return found.id;
}

type Found = { id: string; name: string; labels: Partial<Record<string, string>> };
type Look = (kind: Named["kind"], name: string) => Promise<Found | null>;

const labelsSchema = z.record(z.string(), z.string()).nullish();
const foundSchema = z.object({
  Id: z.string().optional(),
  Name: z.string().optional(),
  Labels: labelsSchema,
  Config: z.object({ Labels: labelsSchema }).optional(),
});

/** Asks the engine what something is; `null`: there is none. */
function lookAt(engine: string): Look {
  return async (kind, name) => {
    const outgoing = request({
      socketPath: engine,
      agent: false,
      path: `/${kind}s/${encodeURIComponent(name)}${kind === "container" ? "/json" : ""}`,
    });
    outgoing.end();
    const [answered] = (await once(outgoing, "response")) as [IncomingMessage];
    const said = await text(answered);
    if (answered.statusCode === 404) return null;
    if (answered.statusCode !== 200) throw new Refusal(`Docker does not say whose ${name} is`);
    const { Id, Name = name, Labels, Config } = parseJson(said, foundSchema, "Docker");
    return { id: Id ?? Name, name: Name, labels: (kind === "container" ? Config?.Labels : Labels) ?? {} };
  };
}
