import { parseArgs } from "node:util";
import { startFeed } from "../server/releases/testing/feed.ts";

export { startFeed };

const USAGE = `A local release feed in GitHub's API shape, from a folder of packaged releases.

  node scripts/feed.ts --folder dist [--port 8080] [--host 127.0.0.1] [--publish 1.0.0 --publish 1.1.0]
`;

/** The command line of `startFeed`: prints the address, and serves until it is told to end. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: "string" },
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      publish: { type: "string", multiple: true },
    },
  });
  const { folder, port, host, publish } = values;
  if (folder === undefined) throw new Error(USAGE);
  const feed = await startFeed({ folder, port: Number(port), host, ...(publish === undefined ? {} : { published: publish }) });
  process.stdout.write(`${feed.url}\n`);
  const end = () => void feed.close();
  process.once("SIGINT", end).once("SIGTERM", end);
}

if (import.meta.main) await main();
