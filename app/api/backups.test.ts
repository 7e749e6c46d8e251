import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { TestWeb } from "../../server/trpc/testing/test-web.ts";
import { createTestWeb, PUBLIC_URL } from "../../server/trpc/testing/test-web.ts";
import { BACKUP, BUNDLE } from "../../server/updater/testing/fake-operations.ts";
import type { FakeService } from "../../server/updater/testing/fake-service.ts";
import { serveFakeUpdater } from "../../server/updater/testing/fake-service.ts";
import { GET, POST } from "./backups/[ticket]/route.ts";
import { POST as bring } from "./bundles/[ticket]/route.ts";

let web: TestWeb;
let service: FakeService;
beforeAll(async () => {
  web = await createTestWeb();
  Object.assign(globalThis, { filaopsWeb: web.web });
  service = await serveFakeUpdater(web);
});
beforeEach(() => {
  service.renew();
});
afterAll(async () => {
  await service.close();
  await web.close();
});

const at = (ticket: string) => ({ params: Promise.resolve({ ticket }) });
const addressOf = (ticket: string) => `${PUBLIC_URL}/api/backups/${ticket}`;

test("a backup is downloaded as one file, by an admin who asked for it", async () => {
  const { ticket } = await (await web.caller("admin")).backups.downloadTicket({ backup: BACKUP });
  const get = async (role: "admin" | "staff" | null) =>
    GET(new Request(addressOf(ticket), { headers: await web.headersOf(role) }), at(ticket));
  expect((await get(null)).status).toBe(401);
  expect((await get("staff")).status).toBe(403);
  const response = await get("admin");
  expect([response.status, await response.text()]).toEqual([200, "archive"]);
  expect(response.headers.get("content-disposition")).toContain("attachment");
  expect(response.headers.get("content-length")).toBe("7");
  const again = await get("admin");
  expect([again.status, await again.json()]).toMatchObject([400, { problem: { code: "ticket-void" } }]);
});

test("a backup is taken in from our own pages only, and what became of it is told", async () => {
  const send = async (more: Record<string, string>) => {
    const { ticket } = await (await web.caller("admin")).backups.uploadTicket();
    const headers = { ...Object.fromEntries(await web.headersOf("admin", more)), ...more };
    return POST(new Request(addressOf(ticket), { method: "POST", headers, body: "an archive" }), at(ticket));
  };
  const taken = await send({ "content-type": "application/x-tar", "content-length": "10" });
  expect([taken.status, await taken.json()]).toEqual([200, { id: BACKUP, origin: "ours" }]);
  expect(service.operations().calls).toContainEqual(["receiveBackup", { content: "an archive", declaredBytes: 10 }]);
  expect((await send({ "content-type": "multipart/form-data" })).status).toBe(400);
  expect((await send({ "content-type": "application/x-tar", origin: "https://elsewhere.example" })).status).toBe(403);
});

test("a release's bundle is taken in in the same way, by an admin", async () => {
  const { ticket } = await (await web.caller("admin")).updates.bundleTicket();
  const send = async (role: "admin" | "staff" | null) => {
    const more = { "content-type": "application/x-tar" };
    const headers = { ...Object.fromEntries(await web.headersOf(role, more)), ...more };
    return bring(new Request(`${PUBLIC_URL}/api/bundles/${ticket}`, { method: "POST", headers, body: "a bundle" }), at(ticket));
  };
  expect([(await send(null)).status, (await send("staff")).status]).toEqual([401, 403]);
  const taken = await send("admin");
  expect([taken.status, await taken.json()]).toEqual([200, { bundle: BUNDLE, origin: "new" }]);
});
