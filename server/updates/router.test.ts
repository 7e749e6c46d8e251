import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createOpenApiFetchHandler, generateOpenApiDocument } from "trpc-to-openapi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Role } from "../accounts/contract.ts";
import { createContext } from "../trpc/init.ts";
import { appRouter } from "../trpc/root.ts";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb, PASSWORD } from "../trpc/testing/test-web.ts";
import { createUpdaterClient } from "../updater/client.ts";
import { PLAN, RUN, UNDO_PLAN } from "../updater/testing/fake-operations.ts";
import type { FakeService } from "../updater/testing/fake-service.ts";
import { serveFakeUpdater } from "../updater/testing/fake-service.ts";

const KEY = "key-of-this-click";

let farm: TestWeb;
let service: FakeService;

beforeAll(async () => {
  farm = await createTestWeb();
  service = await serveFakeUpdater(farm);
  farm.web.statusFile = join(service.folder, "status.json");
});
afterAll(async () => {
  await farm.close();
  await service.close();
});
beforeEach(() => {
  service.renew();
});

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: unknown) => (error as { code: string }).code,
  );

describe("a page", () => {
  test("sees what is installed and offered", async () => {
    const admin = await farm.caller("admin");
    expect(await admin.updates.overview()).toMatchObject({ installed: { version: "1.0.0" }, releases: { kind: "current" } });
  });

  test("starts a plan in the name of the person, as the updater knows them", async () => {
    const admin = await farm.caller("admin");
    expect(await admin.updates.start({ plan: PLAN, idempotencyKey: KEY })).toEqual({ run: RUN, joined: false });
    const actor = { kind: "user", id: farm.ids.admin, name: "The admin", role: "admin" };
    expect(service.operations().calls).toContainEqual(["start", { plan: PLAN, actor, idempotencyKey: KEY }]);
  });

  test("takes an update back with the person's own password only", async () => {
    const admin = await farm.caller("admin");
    const undo = { run: RUN, plan: UNDO_PLAN, idempotencyKey: KEY };
    expect(await codeOf(admin.updates.undo({ ...undo, password: "another" }))).toBe("BAD_REQUEST");
    expect(await admin.updates.undo({ ...undo, password: PASSWORD })).toEqual({ run: RUN, joined: false });
  });

  test("is told in words when the updater does not answer", async () => {
    const { updater } = farm.web;
    farm.web.updater = createUpdaterClient({ socketPath: join(service.folder, "none.sock"), token: "" });
    const admin = await farm.caller("admin");
    await expect(admin.updates.overview()).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      message: expect.stringContaining("The update service does not answer") as string,
    });
    farm.web.updater = updater;
  });

  test("of anybody shows the bar from the disk, without the updater and without details", async () => {
    const stranger = await farm.caller(null);
    expect(await stranger.system.bar()).toBeNull();
    await writeFile(farm.web.statusFile ?? "", JSON.stringify(await service.operations().status()));
    const bar = await stranger.system.bar();
    expect(bar).toMatchObject({ run: RUN, percent: 30 });
    expect(JSON.stringify(bar)).not.toContain("a detail");
    await writeFile(farm.web.statusFile ?? "", "torn");
    expect(await stranger.system.bar()).toBeNull();
  });
});

describe("REST", () => {
  async function ask(
    role: Role | null,
    method: string,
    path: string,
    more: { body?: unknown; headers?: Record<string, string> } = {},
  ) {
    const headers = await farm.headersOf(role, more.headers);
    const body = more.body === undefined ? {} : { body: JSON.stringify(more.body) };
    const req = new Request(`http://farm.test:3000/api/v1${path}`, { method, headers, ...body });
    const createTheContext = () => createContext(farm.web, req);
    const response = await createOpenApiFetchHandler({
      endpoint: "/api/v1",
      req,
      router: appRouter,
      createContext: createTheContext,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  test("has the seed's paths, and ours, in its document", () => {
    const document = generateOpenApiDocument(appRouter, { title: "FilaOps", version: "1.0.0", baseUrl: "http://farm.test" });
    const paths = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map((verb) => `${verb} ${path}`),
    );
    expect(paths).toEqual(
      expect.arrayContaining([
        "get /system/version",
        "get /system/updates/check",
        "get /system/updates",
        "post /system/updates",
        "get /system/updates/{run}",
        "post /system/updates/{run}/undo",
        "post /system/updates/cancel",
        "get /system/updates/automatic",
        "post /system/updates/automatic",
        "post /system/updates/automatic/not-tonight",
      ]),
    );
  });

  test.each([
    ["GET", "/system/version", "viewer", { version: "1.0.0" }],
    ["GET", "/system/updates/check", "admin", { kind: "current" }],
    ["GET", `/system/updates/${RUN}`, "admin", { run: RUN, seedStatus: "backing_up" }],
  ] as const)("%s %s", async (method, path, role, expected) => {
    expect(await ask(role, method, path)).toMatchObject({ status: 200, body: expected });
  });

  test("check is for admins, and asks the feed rather than taking `check` for a run", async () => {
    expect((await ask("staff", "GET", "/system/updates/check")).status).toBe(403);
    await ask("admin", "GET", "/system/updates/check");
    expect(service.operations().calls).toEqual([["check", null]]);
  });

  test("automatic updates are set and put off by admins; `automatic` is not taken for a run", async () => {
    const path = "/system/updates/automatic";
    expect(await ask("admin", "GET", path)).toMatchObject({ status: 200, body: { decision: { kind: "off" } } });
    const wish = { enabled: true, from: "22:00", to: "02:00", timeZone: "Europe/Berlin", minAgeDays: 7, quietMinutes: 15 };
    expect((await ask("staff", "POST", path, { body: wish })).status).toBe(403);
    expect((await ask("staff", "POST", `${path}/not-tonight`, { body: {} })).status).toBe(403);
    for (const wrong of [{ to: "22:29" }, { to: "22:00" }, { minAgeDays: 2 }, { quietMinutes: 4 }, { timeZone: "Farm" }]) {
      expect((await ask("admin", "POST", path, { body: { ...wish, ...wrong } })).status).toBe(400);
    }
    expect((await ask("admin", "POST", path, { body: wish })).status).toBe(200);
    const night = "2026-11-28T01:00:00.000Z";
    expect((await ask("admin", "POST", `${path}/not-tonight`, { body: { night } })).status).toBe(200);
    expect((await ask("admin", "POST", `${path}/not-tonight`, { body: {} })).status).toBe(200);
    expect(service.operations().calls).toEqual([
      ["setAutomatic", wish],
      ["notTonight", night],
      ["notTonight", undefined],
    ]);
  });

  test("cancel names the run, and undo asks for a password", async () => {
    expect((await ask("admin", "POST", "/system/updates/cancel", { body: { run: RUN } })).body).toEqual({ run: RUN });
    const path = `/system/updates/${RUN}/undo`;
    expect((await ask("admin", "POST", path, { body: { password: "wrong" } })).status).toBe(400);
    expect(await ask("admin", "POST", path, { body: { password: PASSWORD } })).toMatchObject({
      body: { run: RUN, joined: false },
    });
    expect((await ask("admin", "POST", "/system/updates/..%2f..%2fetc/undo", { body: { password: PASSWORD } })).status).toBe(400);
  });

  test("an update to a version that was not verified is refused; the key of a header makes a repetition the same run", async () => {
    const body = { version: "9.9.9" };
    expect((await ask("admin", "POST", "/system/updates", { body })).status).toBe(404);
    const admin = await farm.caller("admin");
    await admin.updates.start({ plan: PLAN, idempotencyKey: KEY });
    service.operations().end();
    const again = await ask("admin", "POST", "/system/updates", { body, headers: { "x-idempotency-key": KEY } });
    expect(again.body).toEqual({ run: RUN, joined: true });
  });
});
