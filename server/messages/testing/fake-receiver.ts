import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type Received = { path: string; headers: IncomingHttpHeaders; body: string };

export type FakeReceiver = {
  url: string;
  received: Received[];
  /** What it answers with, one after the other; 200 when there is none left. `hang up` ends the connection without an answer. */
  answers: (number | "hang up" | { status: number; headers: Record<string, string> })[];
  close: () => Promise<void>;
};

/** A webhook's receiver, or an ntfy server: an HTTP server on loopback that keeps what it gets, whatever it answers. */
export async function startFakeReceiver(): Promise<FakeReceiver> {
  const received: Received[] = [];
  const answers: FakeReceiver["answers"] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url ?? "", headers: request.headers, body });
      const answer = answers.shift() ?? 200;
      if (answer === "hang up") request.socket.destroy();
      else if (typeof answer === "number") response.writeHead(answer).end("words of the other side");
      else response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
