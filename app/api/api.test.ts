import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { healthAnswerSchema } from "../../server/deployment/contract.ts";
import { refusalSchema } from "../../server/gate/contract.ts";
import type { TestWeb } from "../../server/trpc/testing/test-web.ts";
import { createTestWeb, PASSWORD, PUBLIC_URL } from "../../server/trpc/testing/test-web.ts";
import { BACKUP, FRESH_PLAN, PLAN, RUN } from "../../server/updater/testing/fake-operations.ts";
import type { FakeService } from "../../server/updater/testing/fake-service.ts";
import { serveFakeUpdater } from "../../server/updater/testing/fake-service.ts";
import { GET as metrics } from "../metrics/route.ts";
import { GET as health } from "./health/route.ts";
import { POST as trpcPost, GET as trpcGet } from "./trpc/[trpc]/route.ts";
import { GET as restGet, POST as restPost } from "./v1/[...path]/route.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
  Object.assign(globalThis, { filaopsWeb: web.web });
});
afterAll(() => web.close());

const get = async (path: string, role: "staff" | "viewer" | null = "staff") =>
  new Request(`${PUBLIC_URL}${path}`, { headers: await web.headersOf(role) });
const post = async (path: string, body: unknown, more: Record<string, string> = {}) =>
  new Request(`${PUBLIC_URL}${path}`, {
    method: "POST",
    headers: await web.headersOf("staff", more),
    body: JSON.stringify(body),
  });
const headersOf = (response: Response, ...names: string[]) => names.map((name) => response.headers.get(name));

test("health says which build and which schema answer", async () => {
  const response = await health();
  const answer = healthAnswerSchema.parse(await response.json());
  const { schemaHead } = web.web.build;
  expect([response.status, answer]).toEqual([
    200,
    { status: "ready", version: "1.0.0", schemaHead: { build: schemaHead, database: schemaHead }, reason: null },
  ]);
  expect(headersOf(response, "cache-control", "x-filaops-build")).toEqual(["no-store", `1.0.0+${"0".repeat(40)}`]);
});

describe("REST", () => {
  test("lists by query, page and all, and takes numbers as text", async () => {
    await restPost(await post("/api/v1/customers", { name: "By REST" }));
    const response = await restGet(await get("/api/v1/customers?search=by%20rest&page=1&pageSize=5"));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ rows: [{ name: "By REST" }], total: 1, page: 1, pageSize: 5 });
    expect((await restGet(await get("/api/v1/customers?nonsense=1"))).status).toBe(400);
  });

  test("takes an API token instead of a session, also from elsewhere", async () => {
    const { secret } = await (await web.caller("admin")).tokens.create({ name: "rest" });
    const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
    const body = JSON.stringify({ name: "By token" });
    const response = await restPost(new Request(`${PUBLIC_URL}/api/v1/customers`, { method: "POST", headers, body }));
    expect([response.status, await response.json()]).toMatchObject([200, { name: "By token" }]);
  });

  test.each([
    ["nobody", null, "/api/v1/orders", 401],
    ["a path that is not there", "viewer", "/api/v1/nothing", 404],
    ["an order that is not there", "viewer", "/api/v1/orders/99", 404],
  ] as const)("answers %s with its status and words", async (_, role, path, status) => {
    const response = await restGet(await get(path, role));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ message: expect.any(String) as string });
  });

  test("describes itself, every path that the design promises among it", async () => {
    const document = (await (await restGet(await get("/api/v1/openapi.json", null))).json()) as { paths: Record<string, object> };
    const promised = [
      "/customers",
      "/customers/{id}",
      "/items",
      "/items/{id}",
      "/orders",
      "/orders/{id}",
      "/system/version",
      "/system/updates/check",
    ];
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(promised));
    expect(Object.keys(document.paths["/orders"] ?? {})).toEqual(["get", "post"]);
  });
});

describe("updates and backups by REST, with an API token and nothing else", () => {
  let service: FakeService;
  const tokens = {} as Record<"owner" | "admin" | "staff", string>;
  beforeAll(async () => {
    service = await serveFakeUpdater(web);
    tokens.owner = (await (await web.caller("owner")).tokens.create({ name: "restores" })).secret;
    tokens.admin = (await (await web.caller("admin")).tokens.create({ name: "updates" })).secret;
    await web.farm.query("owner", `UPDATE users SET role = 'admin' WHERE id = ${web.ids.staff}`);
    tokens.staff = (await (await web.caller("staff")).tokens.create({ name: "too much" })).secret;
    await web.farm.query("owner", `UPDATE users SET role = 'staff' WHERE id = ${web.ids.staff}`);
  });
  afterAll(() => service.close());

  const ask = (who: keyof typeof tokens, method: "GET" | "POST", path: string, body?: object) => {
    const headers = {
      authorization: `Bearer ${tokens[who]}`,
      "content-type": "application/json",
      "x-idempotency-key": "a-key-of-a-script",
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return (method === "GET" ? restGet : restPost)(new Request(`${PUBLIC_URL}/api/v1${path}`, { method, headers, ...content }));
  };
  const RUN_PATH = `/system/updates/${RUN}`;

  test.each([
    ["GET", "/system/updates/check", undefined, 200, { kind: "current" }],
    ["GET", "/system/updates", undefined, 200, []],
    ["GET", RUN_PATH, undefined, 200, { run: RUN }],
    ["POST", "/system/updates/cancel", { run: RUN }, 200, { run: RUN }],
    ["POST", "/system/updates", { version: "9.9.9" }, 404, { message: expect.stringContaining("9.9.9") as string }],
    ["POST", `${RUN_PATH}/undo`, { password: "wrong" }, 400, {}],
    ["POST", `${RUN_PATH}/undo`, { password: PASSWORD }, 202, { run: RUN }],
    ["GET", "/system/backups", undefined, 200, { backups: expect.any(Array) as unknown[] }],
    ["POST", "/system/backup", { note: "by a script" }, 202, { run: RUN }],
    ["POST", `/system/backups/${BACKUP}/verify`, {}, 202, { run: RUN }],
    ["POST", `/system/backups/${BACKUP}/drill`, {}, 202, { run: RUN }],
  ] as const)("%s %s with %o is answered %i", async (method, path, body, status, expected) => {
    service.renew();
    const response = await ask("admin", method, path, body);
    expect([response.status, await response.json()]).toMatchObject([status, expected]);
  });

  test.each([
    ["owner", "wrong", 400, {}],
    ["owner", PASSWORD, 202, { run: RUN }],
    ["admin", PASSWORD, 403, {}],
  ] as const)("a restore asked for by an %s with the password %s is answered %i", async (who, password, status, expected) => {
    service.renew();
    const response = await ask(who, "POST", `/system/restore/${BACKUP}`, { password });
    expect([response.status, await response.json()]).toMatchObject([status, expected]);
  });

  test.each([
    ["owner", { password: PASSWORD, farmName: "filaops" }, 202, { run: RUN }],
    ["owner", { password: "wrong", farmName: "filaops" }, 400, {}],
    ["owner", { password: PASSWORD, farmName: "another" }, 400, { message: "That is not the name of your farm." }],
    ["owner", { password: PASSWORD }, 400, {}],
    ["admin", { password: PASSWORD, farmName: "filaops" }, 403, {}],
  ] as const)("a fresh start asked for by an %s with %o is answered %i", async (who, typed, status, expected) => {
    service.renew();
    const response = await ask(who, "POST", "/system/start-fresh", { version: "1.1.0", plan: FRESH_PLAN, ...typed });
    expect([response.status, await response.json()]).toMatchObject([status, expected]);
  });

  test("an update that begins, and one that is joined, is answered 202 with its run", async () => {
    service.renew();
    await (await web.caller("admin")).updates.start({ plan: PLAN, idempotencyKey: "another-key" });
    const response = await ask("admin", "POST", "/system/updates", { version: "1.1.0" });
    expect([response.status, await response.json()]).toEqual([202, { run: RUN, joined: true }]);
  });

  test.each([
    ["POST", "/system/updates", { version: "1.1.0" }],
    ["POST", `${RUN_PATH}/undo`, { password: PASSWORD }],
    ["GET", "/system/updates/check", undefined],
    ["GET", "/system/backups", undefined],
    ["POST", `/system/restore/${BACKUP}`, { password: PASSWORD }],
  ] as const)("%s %s is refused to a token of staff, and the updater is not asked", async (method, path, body) => {
    service.renew();
    expect((await ask("staff", method, path, body)).status).toBe(403);
    expect(service.operations().calls).toEqual([]);
  });

  test("the document says 202 for what begins long work, and 200 for everything else", async () => {
    type Operation = { responses: Record<string, { content?: object }> };
    const answer = await restGet(await get("/api/v1/openapi.json", null));
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Operation>> };
    const successes = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([verb, { responses }]) => [
        `${verb} ${path}`,
        Object.keys(responses)
          .filter((status) => status.startsWith("2"))
          .join(),
      ]),
    );
    expect(successes.filter(([, status]) => status !== "200")).toEqual([
      ["post /system/updates", "202"],
      ["post /system/start-fresh", "202"],
      ["post /system/updates/{run}/undo", "202"],
      ["post /system/backup", "202"],
      ["post /system/backups/{backup}/verify", "202"],
      ["post /system/backups/{backup}/drill", "202"],
      ["post /system/restore/{backup}", "202"],
    ]);
    expect(paths["/system/updates"]?.["post"]?.responses["202"]?.content).toHaveProperty("application/json");
  });
});

describe("metrics", () => {
  let service: FakeService;
  beforeAll(async () => {
    service = await serveFakeUpdater(web);
  });
  afterAll(() => service.close());

  test("say to an admin's token how FilaOps stands", async () => {
    const { secret } = await (await web.caller("admin")).tokens.create({ name: "prometheus" });
    const response = await metrics(new Request(`${PUBLIC_URL}/metrics`, { headers: { authorization: `Bearer ${secret}` } }));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    const text = await response.text();
    expect(text).toContain('# TYPE filaops_info gauge\nfilaops_info{version="1.0.0"} 1\n');
    expect(text).toContain("\nfilaops_backup_overdue 0\n");
    // There is no backup, so there is nothing to say of the last one.
    expect(text).not.toContain("filaops_backup_last_good_bytes");
    for (const line of text.trim().split("\n")) {
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"\})? [\d.e+]+)$/);
    }
  });

  test.each([
    [null, 401],
    ["staff", 403],
  ] as const)("say nothing to %s", async (role, status) => {
    const response = await metrics(await get("/metrics", role));
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("filaops_");
  });
});

test("a POST that is not JSON is refused, as a form on another site could send it", async () => {
  const request = await post("/api/trpc/customers.create", { json: { name: "Form" } }, { "content-type": "text/plain" });
  expect((await trpcPost(request)).status).toBe(415);
});

describe("while the fence is closed", () => {
  beforeAll(() => web.farm.query("owner", `REVOKE ${web.farm.roles.writer} FROM ${web.farm.roles.app}`));
  afterAll(() => web.farm.query("owner", `GRANT ${web.farm.roles.writer} TO ${web.farm.roles.app}`));

  test.each([
    ["tRPC", async () => trpcPost(await post("/api/trpc/customers.create", { json: { name: "Fenced" } }))],
    ["REST", async () => restPost(await post("/api/v1/customers", { name: "Fenced" }))],
  ])("a save by %s is refused in the gate's own words", async (_, send) => {
    const response = await send();
    expect(response.status).toBe(503);
    expect(headersOf(response, "retry-after", "x-filaops-refused", "x-filaops-not-ready")).toEqual(["2", "paused", null]);
    expect(refusalSchema.parse(await response.json()).error.code).toBe("paused");
  });
});

describe("while the database takes no connections", () => {
  const allow = (word: string) =>
    web.farm.query("superuser", `ALTER DATABASE ${web.farm.name} ALLOW_CONNECTIONS ${word}`, "postgres");
  beforeAll(async () => {
    await allow("false");
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${web.farm.roles.app}'`;
    await web.farm.query("superuser", end, "postgres");
  });
  afterAll(() => allow("true"));

  const input = encodeURIComponent(JSON.stringify({ 0: { json: {} }, 1: { json: {} } }));
  test.each([
    ["health", () => health()],
    ["a batch of reads", async () => trpcGet(await get(`/api/trpc/customers.list,items.list?batch=1&input=${input}`))],
    ["REST", async () => restGet(await get("/api/v1/orders"))],
  ])("%s says that it may be asked again", async (_, ask) => {
    await expect.poll(async () => (await health()).status).toBe(503);
    const response = await ask();
    expect([response.status, ...headersOf(response, "x-filaops-not-ready", "x-filaops-refused")]).toEqual([503, "1", null]);
  });
});
