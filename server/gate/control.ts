import { chmod, rename } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import { toProblem } from "../platform/errors.ts";
import { parseJson, remove } from "../platform/files.ts";
import type { Log } from "../platform/log.ts";
import { bufferBody } from "./body.ts";
import { drainRequestSchema, setGateSchema } from "./contract.ts";
import type { DrainAnswer, DrainRequest, GateReport, SetGate } from "./contract.ts";

const MOST_BYTES = 64 * 1024;

export type Controls = {
  report: () => GateReport;
  set: (wanted: SetGate) => Promise<void>;
  drain: (wanted: DrainRequest) => Promise<DrainAnswer>;
};

/**
 * The gate's only door for commands: a unix socket that its owner and group may use. The caller holds the public port by then, so a socket that is
 * there is a dead gate's, or that of the gate that it is to replace. Ours is made aside and renamed: there is one at every moment, and the older
 * gate, which removes what it had made when it closes, does not remove ours.
 */
export async function listenForControl(path: string, controls: Controls, log: Log): Promise<{ close: () => void }> {
  const server = createServer((request, response) => {
    void obey(controls, request)
      .catch((error: unknown) => {
        log.error({ err: error }, "a command was not obeyed");
        return { status: 500, body: { problem: toProblem(error) } };
      })
      .then(({ status, body }) => {
        send(response, status, body);
      });
  });
  const aside = `${path}.new`;
  await remove(aside);
  server.listen(aside);
  await once(server, "listening");
  await chmod(aside, 0o660);
  await rename(aside, path);
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function obey(controls: Controls, request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const command = `${request.method ?? ""} ${request.url ?? ""}`;
  switch (command) {
    case "GET /state":
      return { status: 200, body: controls.report() };
    case "PUT /state":
      await controls.set(parseJson(await textOf(request), setGateSchema, command));
      return { status: 200, body: controls.report() };
    case "POST /drain":
      return { status: 200, body: await controls.drain(parseJson(await textOf(request), drainRequestSchema, command)) };
    default:
      return { status: 404, body: { problem: toProblem(new Error(`${command} is no command`)) } };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  return (await bufferBody(request, MOST_BYTES))?.toString("utf8") ?? "";
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.on("error", () => undefined);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}
