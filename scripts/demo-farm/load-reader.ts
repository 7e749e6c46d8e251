import { TIMEOUT_MS, loadLoop } from "./load-process.ts";

/** What people look at all day: pages, and what the pages ask for. */
const READS = ["/", "/orders", "/customers?page=2", "/items", "/api/v1/orders", "/api/v1/customers"];

await loadLoop(async ({ base, cookies }, turn) => {
  const path = READS[turn % READS.length] ?? "/";
  const answer = await fetch(base + path, {
    headers: { cookie: cookies },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = await answer.text();
  return answer.ok ? { kind: "ok" } : { kind: "failed", what: `${path}: ${answer.status} ${body.slice(0, 200)}` };
});
