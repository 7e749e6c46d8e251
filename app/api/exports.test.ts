import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readZip } from "../../server/exports/testing/read-zip.ts";
import type { TestWeb } from "../../server/trpc/testing/test-web.ts";
import { createTestWeb, PUBLIC_URL } from "../../server/trpc/testing/test-web.ts";
import { GET } from "./exports/[id]/route.ts";
import { POST } from "./v1/[...path]/route.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
  Object.assign(globalThis, { filaopsWeb: web.web });
});
afterAll(() => web.close());

type Role = "viewer" | "staff" | "admin" | "owner" | null;

async function download(id: string, role: Role, method = "GET"): Promise<Response> {
  const request = new Request(`${PUBLIC_URL}/api/exports/${id}`, { method, headers: await web.headersOf(role) });
  return GET(request, { params: Promise.resolve({ id }) });
}

async function start(role: Role, options: object): Promise<{ status: number; id: string }> {
  const headers = await web.headersOf(role);
  const address = `${PUBLIC_URL}/api/v1/exports`;
  const answer = await POST(new Request(address, { method: "POST", headers, body: JSON.stringify(options) }));
  const { id = "" } = (await answer.json()) as { id?: string };
  await web.web.exports.ended();
  return { status: answer.status, id };
}

test("an export is begun by REST and downloaded by those who look after the farm", async () => {
  const { id, status } = await start("admin", { format: "jsonl" });
  expect(status).toBe(200);
  const answer = await download(id, "admin");
  expect(answer.headers.get("content-type")).toBe("application/zip");
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="filaops-export-[\d-]+\.zip"/);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const content = await buffer(answer.body as unknown as AsyncIterable<Uint8Array>);
  expect(answer.headers.get("content-length")).toBe(String(content.length));
  expect([...readZip(content).keys()]).toContain("orders.jsonl");
  const head = await download(id, "admin", "HEAD");
  expect([head.status, head.body, head.headers.get("content-length")]).toEqual([200, null, String(content.length)]);
  const refused = [null, "viewer", "staff"] as const;
  expect(await Promise.all(refused.map(async (role) => (await download(id, role)).status))).toEqual([401, 403, 403]);
});

test("one with users in it is an owner's", async () => {
  expect((await start("admin", { withAccounts: true })).status).toBe(403);
  const { id } = await start("owner", { withAccounts: true });
  expect([(await download(id, "admin")).status, (await download(id, "owner", "HEAD")).status]).toEqual([403, 200]);
});

test("what is no export is not found, whatever it is called", async () => {
  for (const id of ["01JDK3V8Q0000000000000000", "../files", "01JDK3V8Q00000000000000000"]) {
    expect((await download(id, "owner")).status).toBe(404);
  }
});
