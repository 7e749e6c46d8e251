import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { PoolConfig } from "pg";
import { Pool } from "pg";
import type { HealthAnswer } from "../../deployment/contract.ts";
import type { Refusal } from "../../gate/contract.ts";
import { isNotReady, isWriteRefused } from "../../platform/db-errors.ts";
import { readEnv } from "../../platform/env.ts";
import type { BuildInfo } from "../../releases/contract.ts";

/**
 * An app as small as can be that behaves to gate, driver and engine as the real one does, so that it boots in a moment: health by the schema's
 * head, a sign-in page, and rows that are read and saved. Bundled into a release's `server.js`; started with what the driver tells an instance.
 */

const info = JSON.parse(readFileSync(readEnv("FILAOPS_RELEASE_INFO") ?? "", "utf8")) as BuildInfo;
const url = readEnv("FILAOPS_DATABASE_URL") ?? "";
/** A release that is made to fall over is ready for as long on the live database, in milliseconds: past the switch, before the commit. */
const fallsOverAfter = existsSync("fault.json") && new URL(url).pathname === "/filaops" ? 250 : Infinity;
let readySince = Infinity;

const HEAD = `SELECT migration_name AS head FROM _prisma_migrations
  WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name DESC LIMIT 1`;

/** A database of another build: its connection is closed before a statement of ours runs on it. */
class OtherBuild extends Error {
  readonly code = "database-not-ready";
  readonly head: string;
  constructor(head: string) {
    super("the database is of another build");
    this.head = head;
  }
}

const config: PoolConfig = {
  connectionString: url,
  application_name: `tiny-app-${info.version}`,
  connectionTimeoutMillis: 2000,
  idleTimeoutMillis: 5000,
  query_timeout: 10_000,
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool waits for the promise; its types do not say so
  onConnect: async (connection) => {
    const { rows } = await connection.query<{ head: string }>(HEAD);
    if (rows[0]?.head !== info.schemaHead) throw new OtherBuild(rows[0]?.head ?? "");
  },
};
const pool = new Pool({ ...config, max: 4 });
const lookout = new Pool({ ...config, max: 1 });
for (const each of [pool, lookout]) each.on("error", () => undefined);

async function health(): Promise<HealthAnswer> {
  let database: string | null = null;
  try {
    database = (await lookout.query<{ head: string }>(HEAD)).rows[0]?.head ?? "";
  } catch (error) {
    if (error instanceof OtherBuild) database = error.head;
  }
  const ready = database === info.schemaHead;
  if (ready) readySince = Math.min(readySince, performance.now());
  const fell = performance.now() - readySince > fallsOverAfter;
  const reason = database === null || fell ? "database-unreachable" : ready ? null : "schema-mismatch";
  const status = reason === null ? "ready" : "not-ready";
  return { status, version: info.version, schemaHead: { build: info.schemaHead, database }, reason };
}

/** Saves the row each time that it is asked: a save that somebody sends twice is there twice, and is found out. */
async function save(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { key, amount } = JSON.parse(await text(request)) as { key: string; amount: string };
  const connection = await pool.connect();
  try {
    const { rows } = await connection.query<{ number: string; oid: number }>(
      `INSERT INTO saves (key, amount) VALUES ($1, $2)
       RETURNING number, (SELECT oid::int FROM pg_database WHERE datname = current_database()) AS oid`,
      [key, amount],
    );
    send(response, 201, rows[0] ?? {});
  } catch (error) {
    if (isWriteRefused(error)) throw error;
    // It was begun, and whether it was saved nobody knows.
    send(response, 500, { error: String(error) });
  } finally {
    connection.release();
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?")[0];
  if (path === "/api/health") {
    const found = await health();
    if (found.status === "not-ready") response.setHeader("x-filaops-not-ready", "1");
    send(response, found.status === "ready" ? 200 : 503, found);
  } else if (path === "/rows" && request.method === "POST") await save(request, response);
  else if (path === "/rows") {
    const { rows } = await pool.query("SELECT count(*)::int AS count, sum(amount)::text AS amount FROM saves");
    send(response, 200, { version: info.version, ...(rows[0] as object) });
  } else if (path === "/_next/static/x.js") response.writeHead(200, { "content-type": "text/javascript" }).end("0;");
  else {
    const page = '<!doctype html><form method="post"></form><script src="/_next/static/x.js"></script>';
    response.writeHead(path === "/sign-in" ? 200 : 404, { "content-type": "text/html" }).end(page);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function refuse(error: unknown, response: ServerResponse): void {
  const paused = isWriteRefused(error);
  if (!paused && !isNotReady(error)) {
    send(response, 500, { error: String(error) });
    return;
  }
  const code = paused ? "paused" : "unavailable";
  const refusal: Refusal = { error: { code, message: String(error), run: null, retryAfterSeconds: 1 } };
  response.setHeader("retry-after", "1");
  if (paused) response.setHeader("x-filaops-refused", "paused");
  else response.setHeader("x-filaops-not-ready", "1");
  send(response, 503, refusal);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    refuse(error, response);
  });
}).listen(Number(readEnv("PORT")), readEnv("HOSTNAME"));

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 1000).unref();
});
