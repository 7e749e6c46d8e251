// What is wrong with this release: it starts and listens, but what it waits for before it calls itself ready never comes.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { version, schemaHead } = JSON.parse(readFileSync(new URL("release-info.json", import.meta.url), "utf8"));
const health = {
  status: "not-ready",
  version,
  schemaHead: { build: schemaHead, database: null },
  reason: "database-unreachable",
};

const server = createServer((request, response) => {
  response.writeHead(503, { "content-type": "application/json", "retry-after": "1" });
  response.end(JSON.stringify(request.url === "/api/health" ? health : { error: "The list of orders is being warmed up." }));
});
server.listen(Number(process.env.PORT), process.env.HOSTNAME);
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
});
