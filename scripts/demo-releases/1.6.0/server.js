// What is wrong with this release: it answers well as long as it is only tried out. Once people's requests come in, it lasts for some dozens of them,
// or for a second, and falls over in the middle of what it is doing.
import { Server } from "node:http";

const LASTS_REQUESTS = 40;
const LASTS_MS = 1000;

let answered = 0;
let falling = null;
const emit = Server.prototype.emit;

Server.prototype.emit = function (event, ...args) {
  // The gate names the person it asks for; a probe asks for nobody.
  if (event === "request" && args[0].headers["x-forwarded-for"] !== undefined) {
    answered += 1;
    falling ??= setTimeout(fallOver, LASTS_MS);
    if (answered > LASTS_REQUESTS) fallOver();
  }
  return emit.call(this, event, ...args);
};

function fallOver() {
  process.stderr.write("FATAL: the cache of orders is full, and there is no way to make it smaller.\n");
  process.exit(70);
}

await import("./next-server.js");
