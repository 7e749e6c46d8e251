import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";

export type SlowRegistry = {
  /** `127.0.0.1:<port>` */
  address: string;
  /** Lets the next image come slowly: resolves when the first bytes of a layer have gone out, after which nothing more comes until `goOn`. */
  holdBack: () => Promise<void>;
  goOn: () => void;
  close: () => Promise<void>;
};

/** Larger than a layer's manifest and an image's description: what is at least as large is a layer. */
const LAYER_BYTES = 100_000;

/** Stands before a registry, and can hold back what comes of it. */
export async function openSlowRegistry(registry: string): Promise<SlowRegistry> {
  const [host = "", port = ""] = registry.split(":");
  let held: { begun: () => void; over: Promise<undefined>; goOn: () => void } | null = null;
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    const onward = ask({ host, port, method, path, headers: { ...headers, host: registry } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      const hold = Number(answer.headers["content-length"]) >= LAYER_BYTES ? held : null;
      if (hold === null) return void answer.pipe(response);
      answer.once("data", (bytes: Buffer) => {
        answer.pause();
        response.write(bytes.subarray(0, 1000), hold.begun);
        void hold.over.then(() => {
          response.write(bytes.subarray(1000));
          answer.pipe(response);
        });
      });
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const goOn = () => {
    held?.goOn();
    held = null;
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async holdBack() {
      const [begun, over] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      held = {
        over: over.promise,
        begun: () => {
          begun.resolve(undefined);
        },
        goOn: () => {
          over.resolve(undefined);
        },
      };
      await begun.promise;
    },
    goOn,
    close: async () => {
      goOn();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
