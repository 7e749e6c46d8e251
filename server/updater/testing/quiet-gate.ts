import { once } from "node:events";
import { rename } from "node:fs/promises";
import { createServer, request } from "node:http";
import { systemClock } from "../../platform/clock.ts";
import type { HomePaths } from "../../platform/home.ts";

/**
 * Stands before the gate's control socket, and says of a gate that has just begun that nobody has saved anything for an hour: a test does not wait for that.
 * What it is asked besides, it hands on as it is.
 */
export async function quietGate({ gateSocket }: Pick<HomePaths, "gateSocket">): Promise<{ close: () => Promise<void> }> {
  const behind = `${gateSocket}.behind`;
  await rename(gateSocket, behind);
  const server = createServer((asked, answer) => {
    const handed = request({ socketPath: behind, method: asked.method, path: asked.url, headers: asked.headers }, (said) => {
      let text = "";
      said.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      said.on("end", () => {
        const anHourAgo = new Date(systemClock.now().getTime() - 3_600_000).toISOString();
        answer.writeHead(said.statusCode ?? 502).end(text.replace(/("lastWriteAt":")[^"]+/, `$1${anHourAgo}`));
      });
    });
    handed.on("error", () => answer.destroy());
    asked.pipe(handed);
  });
  server.listen(gateSocket);
  await once(server, "listening");
  return {
    /** The gate's own socket is in its place again. */
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await rename(behind, gateSocket);
    },
  };
}
