import { afterAll, beforeAll, expect, test } from "vitest";
import { importSchema } from "../../server/imports/contract.ts";
import { ourZip } from "../../server/imports/testing/make-zip.ts";
import type { TestWeb } from "../../server/trpc/testing/test-web.ts";
import { createTestWeb, PUBLIC_URL } from "../../server/trpc/testing/test-web.ts";
import { GET } from "./imports/[id]/problems/route.ts";
import { POST } from "./imports/route.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
  Object.assign(globalThis, { filaopsWeb: web.web });
});
afterAll(() => web.close());

const WRONG = ourZip({ customers: [["C-1", "Ada", "", "", "", "", "yesterday"]] });

async function upload(role: Parameters<TestWeb["headersOf"]>[0], headers: Record<string, string> = {}, name = "../a/export.zip") {
  const all = await web.headersOf(role, { "content-type": "application/octet-stream", ...headers });
  const address = `${PUBLIC_URL}/api/imports?name=${encodeURIComponent(name)}`;
  return POST(new Request(address, { method: "POST", headers: all, body: new Uint8Array(WRONG) }));
}

async function problems(role: Parameters<TestWeb["headersOf"]>[0], id: string) {
  const request = new Request(`${PUBLIC_URL}/api/imports/${id}/problems`, { headers: await web.headersOf(role) });
  return GET(request, { params: Promise.resolve({ id }) });
}

test("who may not import sends nothing, and nothing is kept", async () => {
  expect((await upload(null)).status).toBe(401);
  expect((await upload("staff")).status).toBe(403);
  expect((await upload("admin", { origin: "http://evil.test" })).status).toBe(403);
  expect((await upload("admin", { "content-type": "text/plain" })).status).toBe(400);
  expect((await upload("admin", { "content-length": String(3 * 1024 ** 3) })).status).toBe(413);
  const caller = await web.caller("admin");
  expect(await caller.imports.list()).toEqual([]);
});

test("an admin uploads, looks, downloads what is wrong, and takes it away", async () => {
  const answer = await upload("admin");
  const found = importSchema.parse(await answer.json());
  expect(found).toMatchObject({ fileName: ".._a_export.zip", phase: { kind: "reading" }, createdBy: "The admin" });
  await web.web.imports.idle();
  const caller = await web.caller("admin");
  expect(await caller.imports.get({ id: found.id })).toMatchObject({ phase: { kind: "ready", preview: { errors: 1 } } });
  const csv = await problems("admin", found.id);
  expect(csv.headers.get("content-disposition")).toContain("attachment");
  const text = await csv.text();
  expect(text.split("\r\n")).toHaveLength(3);
  expect(text).toContain("error,customers.csv,2,created_at,");
  expect((await problems("staff", found.id)).status).toBe(403);
  expect((await problems("admin", "../../etc/passwd")).status).toBe(404);
  await expect(caller.imports.start({ id: found.id, policy: "skip" })).rejects.toMatchObject({ code: "CONFLICT" });
  await caller.imports.remove({ id: found.id });
  expect(await caller.imports.list()).toEqual([]);
});
