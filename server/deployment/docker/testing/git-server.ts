import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { baseEnv } from "../../../platform/env.ts";
import { spawnAttached } from "../../../platform/process.ts";
import type { Authority } from "./authority.ts";

export type GitServer = {
  /** `https://127.0.0.1:<port>`; a repository's name comes behind it. */
  url: string;
  /** What was asked for so far. */
  requests: string[];
  close: () => Promise<void>;
};

/** Git's own server for the repositories of a folder, over HTTPS with the certificate that the authority vouches for. */
export async function openGitServer(repositories: string, { server: certificate }: Authority): Promise<GitServer> {
  const requests: string[] = [];
  const server = createServer(certificate, (request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    void answer(repositories, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** `git http-backend` is a CGI program: the request in its environment and standard input, the answer's headers before its body. */
async function answer(repositories: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "", "https://127.0.0.1");
  const { headers } = request;
  const env = {
    ...baseEnv(),
    GIT_PROJECT_ROOT: repositories,
    GIT_HTTP_EXPORT_ALL: "1",
    REMOTE_ADDR: "127.0.0.1",
    REQUEST_METHOD: request.method ?? "",
    PATH_INFO: pathname,
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: headers["content-type"] ?? "",
    HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
    GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
  };
  const program = spawnAttached("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "ignore"] });
  const { stdin, stdout } = program;
  if (stdin === null || stdout === null) throw new Error("git has no pipes");
  request.pipe(stdin);
  const output = await buffer(stdout);
  const end = output.indexOf("\r\n\r\n");
  const fields = output
    .subarray(0, end)
    .toString()
    .split("\r\n")
    .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const);
  const status = fields.find(([name]) => name === "Status")?.[1] ?? "200";
  for (const [name, value] of fields) if (name !== "Status") response.setHeader(name, value);
  response.writeHead(Number.parseInt(status, 10)).end(output.subarray(end + 4));
}
