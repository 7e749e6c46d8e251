import { createHash } from "node:crypto";
import { readFile, readdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asEditor } from "../../server/auth/actors.ts";
import { withConnection } from "../../server/databases/connect.ts";
import { storedFileSchema } from "../../server/files/contract.ts";
import { missingFiles } from "../../server/files/missing.ts";
import { referredFiles } from "../../server/databases/referred-files.ts";
import { itemInputSchema } from "../../server/items/contract.ts";
import { updateItem } from "../../server/items/save.ts";
import { remove } from "../../server/platform/files.ts";
import { IDEMPOTENCY_HEADER } from "../../server/trpc/contract.ts";
import type { TestWeb } from "../../server/trpc/testing/test-web.ts";
import { createTestWeb, PUBLIC_URL } from "../../server/trpc/testing/test-web.ts";
import { GET as getImage } from "./files/[sha256]/route.ts";
import { GET as getAttachment } from "./files/attachments/[id]/route.ts";
import { POST } from "./files/route.ts";

let web: TestWeb;
let folder: string;
beforeAll(async () => {
  web = await createTestWeb();
  folder = web.web.files ?? "";
  Object.assign(globalThis, { filaopsWeb: web.web });
});
afterAll(() => web.close());

type Role = "viewer" | "staff" | null;
const png = (text: string) => Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from(text)]);
const shaOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");

async function upload(content: Buffer, more: { kind?: string; role?: Role; headers?: Record<string, string> } = {}) {
  const { kind = "image", role = "staff", headers = {} } = more;
  const all = await web.headersOf(role, { "content-type": "application/octet-stream", ...headers });
  return POST(
    new Request(`${PUBLIC_URL}/api/files?kind=${kind}`, { method: "POST", headers: all, body: new Uint8Array(content) }),
  );
}
async function stored(content: Buffer, kind = "image"): Promise<string> {
  return storedFileSchema.parse(await (await upload(content, { kind })).json()).sha256;
}
async function image(sha256: string, { role = "viewer", ...headers }: { role?: Role; [header: string]: string | null } = {}) {
  const request = new Request(PUBLIC_URL, { headers: await web.headersOf(role, headers as Record<string, string>) });
  return getImage(request, { params: Promise.resolve({ sha256 }) });
}
async function attachment(id: string, role: Role = "viewer") {
  return getAttachment(new Request(PUBLIC_URL, { headers: await web.headersOf(role) }), { params: Promise.resolve({ id }) });
}
const referred = async () => {
  const options = { database: web.farm.name, applicationName: "filaops-test" };
  return (await withConnection(web.farm.logins.owner, options, referredFiles)).map(({ sha256 }) => sha256);
};
const codeOf = async (response: Response) => ((await response.json()) as { problem: { code: string } }).problem.code;
const item = (sku: string, more: { imageSha256?: string | null } = {}) => ({ sku, name: "Vase", sellingPrice: "12", ...more });

describe("an upload", () => {
  test("is kept and described by what it holds, and named by nothing yet", async () => {
    const content = png("new");
    const response = await upload(content, { headers: { [IDEMPOTENCY_HEADER]: "key-of-an-upload" } });
    expect([response.status, await response.json()]).toEqual([
      200,
      { sha256: shaOf(content), bytes: content.length, contentType: "image/png" },
    ]);
    expect(await readdir(folder)).toContain(shaOf(content));
    expect(await referred()).toEqual([]);
    expect((await image(shaOf(content))).status).toBe(404);
  });

  test.each<[string, () => Promise<Response>, number, string]>([
    ["nobody", () => upload(png("x"), { role: null }), 401, "sign-in-needed"],
    ["who may only read", () => upload(png("x"), { role: "viewer" }), 403, "role-needed"],
    ["another site", () => upload(png("x"), { headers: { origin: "https://evil.example" } }), 403, "foreign-origin"],
    ["a form", () => upload(png("x"), { headers: { "content-type": "text/plain" } }), 400, "input-invalid"],
    ["an unknown kind", () => upload(png("x"), { kind: "program" }), 400, "input-invalid"],
    ["a picture that is none", () => upload(Buffer.from("<svg/>")), 415, "image-unknown"],
    ["said to be too large", () => upload(png("x"), { headers: { "content-length": "99999999" } }), 413, "file-too-large"],
    ["too large, and not said", () => upload(Buffer.alloc(26 * 1024 * 1024), { kind: "attachment" }), 413, "file-too-large"],
    ["nothing", () => upload(Buffer.alloc(0), { kind: "attachment" }), 400, "file-empty"],
  ])("of %s is refused", async (_, send, status, code) => {
    const before = await readdir(folder);
    const response = await send();
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(await readdir(folder)).toEqual(before);
  });
});

// A refused upload left its rest on the connection to the gate: the next save there was not heard, and its answer was "unknown" five seconds later.
test("the rest of what is refused is read, so that the connection can be used again", async () => {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      sent += 1;
      if (sent > 100) stream.close();
      else stream.enqueue(new Uint8Array(1000));
    },
  });
  const headers = await web.headersOf("viewer", { "content-type": "application/octet-stream" });
  // The browser's types do not know what Node wants for a body that is a stream.
  const streamed = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  const response = await POST(new Request(`${PUBLIC_URL}/api/files?kind=image`, streamed));
  expect([response.status, sent]).toEqual([403, 101]);
});

describe("the picture of an item", () => {
  test("is shown to whoever is signed in, asked for once, and never runs", async () => {
    const content = png("shown");
    await (await web.caller("staff")).items.create(item("V-1", { imageSha256: await stored(content) }));
    const response = await image(shaOf(content));
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "cache-control": "private, max-age=31536000, immutable",
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
    });
    const etag = response.headers.get("etag") ?? "";
    expect((await image(shaOf(content), { "if-none-match": etag })).status).toBe(304);
    expect([(await image(shaOf(content), { role: null })).status, (await image("../../keys")).status]).toEqual([401, 404]);
  });

  test("stays when it is not spoken of, is replaced, and taken away; the database then refers to it no more", async () => {
    const staff = await web.caller("staff");
    const [first, second] = [await stored(png("first")), await stored(png("second"))];
    const { id } = await staff.items.create(item("V-2", { imageSha256: first }));
    expect((await staff.items.update({ id, ...item("V-2") })).imageSha256).toBe(first);
    expect((await staff.items.update({ id, ...item("V-2", { imageSha256: second }) })).imageSha256).toBe(second);
    expect(await referred()).not.toContain(first);
    await staff.items.create(item("V-3", { imageSha256: second }));
    expect((await staff.items.update({ id, ...item("V-2", { imageSha256: null }) })).imageSha256).toBeNull();
    // The other item still shows it.
    expect(await referred()).toContain(second);
    expect((await image(second)).status).toBe(200);
  });

  test("has to be there, to be a picture, and is young once it is named", async () => {
    const staff = await web.caller("staff");
    const missing = staff.items.create(item("V-4", { imageSha256: "0".repeat(64) }));
    await expect(missing).rejects.toMatchObject({ cause: { code: "reference-missing", field: "imageSha256" } });
    const document = await stored(Buffer.from("%PDF-1.7 offer"), "attachment");
    const noPicture = staff.items.create(item("V-4", { imageSha256: document }));
    await expect(noPicture).rejects.toMatchObject({ cause: { code: "image-unknown" } });
    const waited = await stored(png("waited"));
    await utimes(join(folder, waited), new Date(0), new Date(0));
    await staff.items.create(item("V-4", { imageSha256: waited }));
    const { mtimeMs } = await stat(join(folder, waited));
    expect(mtimeMs).toBeGreaterThan(1000);
  });

  // Without a lock the row was found to be nobody's while another save, not finished yet, made it its own; the first one then failed.
  test("outlives that one item lets go of it while another takes it", async () => {
    const staff = await web.caller("staff");
    const sha256 = await stored(png("met"));
    const [from, to] = [await staff.items.create(item("V-5", { imageSha256: sha256 })), await staff.items.create(item("V-6"))];
    const actor = asEditor({ id: 1n, name: "", email: "", role: "staff" })!;
    const waiting = async () => {
      const text = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      return (await web.farm.query("superuser", text)).length;
    };
    let lettingGo: Promise<unknown> | undefined;
    await web.web.database.save(async (db) => {
      await updateItem({ db, files: folder }, actor, {
        id: to.id,
        ...itemInputSchema.parse(item("V-6", { imageSha256: sha256 })),
      });
      lettingGo = staff.items.update({ id: from.id, ...item("V-5", { imageSha256: null }) });
      await expect.poll(waiting, { interval: 10 }).toBe(1);
    });
    await lettingGo;
    expect(await referred()).toContain(sha256);
  });

  test("whose content is gone says so", async () => {
    const sha256 = await stored(png("lost"));
    await (await web.caller("staff")).items.create(item("V-9", { imageSha256: sha256 }));
    await remove(join(folder, sha256));
    const response = await image(sha256);
    expect([response.status, await codeOf(response)]).toEqual([404, "file-gone"]);
    const options = { database: web.farm.name, applicationName: "filaops-test" };
    const found = await withConnection(web.farm.logins.owner, options, (client) => missingFiles(client, folder));
    expect(found).toEqual({ referred: (await referred()).length, missing: [sha256] });
  });
});

describe("an attachment of an order", () => {
  const newOrder = async () => {
    const staff = await web.caller("staff");
    const customer = await staff.customers.create({ name: "Ada" });
    const lines = [{ description: "Vase", quantity: "1", unitPrice: "12" }];
    return staff.orders.create({ customer: customer.id, status: "draft", placedAt: "2026-11-01T10:00:00Z", lines });
  };

  test("of any kind is kept as a file under the name that a person gave it, and goes again", async () => {
    const staff = await web.caller("staff");
    const { id } = await newOrder();
    const page = Buffer.from("<script>alert(document.cookie)</script>");
    const sha256 = await stored(page, "attachment");
    const added = await staff.orders.addAttachment({ id, sha256, fileName: "größe.html" });
    expect(added).toMatchObject({ fileName: "größe.html", bytes: page.length, createdBy: "The staff" });
    expect((await staff.orders.get({ id })).attachments).toEqual([added]);

    const response = await attachment(added.id);
    expect(await response.text()).toBe(page.toString());
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="gr__e.html"; filename*=UTF-8''gr%C3%B6%C3%9Fe.html`,
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
    });
    expect([(await attachment(added.id, null)).status, (await image(sha256)).status]).toEqual([401, 404]);

    await staff.orders.removeAttachment({ id, attachment: added.id });
    expect([(await staff.orders.get({ id })).attachments, (await attachment(added.id)).status]).toEqual([[], 404]);
    expect(await referred()).not.toContain(sha256);
    // Until it is collected, a kept database may still refer to it.
    expect((await readFile(join(folder, sha256))).equals(page)).toBe(true);
  });

  test("is added once for one key, stays when the order is saved, and is nobody else's to remove", async () => {
    const staff = await web.caller("staff", { [IDEMPOTENCY_HEADER]: "key-of-an-attachment" });
    const [order, other] = [await newOrder(), await newOrder()];
    const input = { id: order.id, sha256: await stored(Buffer.from("offer"), "attachment"), fileName: "offer.txt" };
    const added = [await staff.orders.addAttachment(input), await staff.orders.addAttachment(input)];
    expect(added[1]).toEqual(added[0]);
    const plain = await web.caller("staff");
    const { id, customer, status, placedAt } = order;
    const lines = [{ description: "Vase", quantity: "2", unitPrice: "12" }];
    const saved = await plain.orders.update({ id, customer: customer.id, status: status.code, placedAt, lines });
    expect(saved.attachments).toHaveLength(1);
    const removing = plain.orders.removeAttachment({ id: other.id, attachment: saved.attachments[0]!.id });
    await expect(removing).rejects.toMatchObject({ cause: { code: "not-found" } });
    const nowhere = plain.orders.addAttachment({ ...input, id: "999999" });
    await expect(nowhere).rejects.toMatchObject({ cause: { code: "not-found" } });
  });
});

describe("while the fence is closed", () => {
  beforeAll(() => web.farm.query("owner", `REVOKE ${web.farm.roles.writer} FROM ${web.farm.roles.app}`));
  afterAll(() => web.farm.query("owner", `GRANT ${web.farm.roles.writer} TO ${web.farm.roles.app}`));

  test("content may come, no row names it, and the save is told to come again", async () => {
    const sha256 = await stored(png("fenced"));
    const saving = (await web.caller("staff")).items.create(item("V-F", { imageSha256: sha256 }));
    await expect(saving).rejects.toMatchObject({ cause: { code: "saving-paused" } });
    expect(await referred()).not.toContain(sha256);
  });
});
