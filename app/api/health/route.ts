import type { HealthAnswer } from "../../../server/deployment/contract.ts";
import { NOT_READY_HEADER } from "../../../server/trpc/contract.ts";
import { web } from "../../../server/trpc/web.ts";
import { standardHeaders } from "../../_server/refusals.ts";

/** Whether this instance can serve: its version, and the schema that it wants and that its database has. 200 or 503. */
export async function GET(): Promise<Response> {
  const { build, database } = web();
  const readiness = await database.readiness();
  const answer: HealthAnswer = {
    status: readiness.ready ? "ready" : "not-ready",
    version: build.version,
    schemaHead: { build: build.schemaHead, database: readiness.schemaHead },
    reason: readiness.ready ? null : readiness.reason,
  };
  const headers = standardHeaders({ build });
  return readiness.ready
    ? Response.json(answer, { headers })
    : Response.json(answer, { status: 503, headers: { ...headers, [NOT_READY_HEADER]: "1" } });
}
