import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endedWithAll, sessionCookie } from "../auth/session.ts";
import { AppError } from "../platform/errors.ts";
import { IDEMPOTENCY_HEADER } from "./contract.ts";
import { fieldsOf, problemOf } from "./errors.ts";
import type { TestWeb } from "./testing/test-web.ts";
import { createTestWeb, PASSWORD, PUBLIC_URL } from "./testing/test-web.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
});
afterAll(() => web.close());

const entered = (name: string) => ({ name, email: "", phone: "", address: "", notes: "" });

async function failure(promise: Promise<unknown>): Promise<TRPCError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TRPCError) return error;
    throw error;
  }
  return expect.fail("it did not fail");
}

const codeOf = async (promise: Promise<unknown>) => problemOf(await failure(promise)).code;

describe("a save with a key", () => {
  const keyed = (key: string, role: "staff" | "admin" = "staff") => web.caller(role, { [IDEMPOTENCY_HEADER]: key });
  const countOf = async (search: string) => (await (await web.caller("viewer")).customers.list({ search })).total;

  test("is saved once, however often it is sent, and answered the same each time", async () => {
    const caller = await keyed("key-of-a-save-1");
    const answers = [await caller.customers.create(entered("Once")), await caller.customers.create(entered("Once"))];
    expect(answers[1]).toEqual(answers[0]);
    expect(await countOf("Once")).toBe(1);
  });

  test("is saved once when it is sent twice at the same moment", async () => {
    const caller = await keyed("key-of-a-save-2");
    const answers = await Promise.all(Array.from({ length: 5 }, () => caller.customers.create(entered("Together"))));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await countOf("Together")).toBe(1);
  });

  test("is another one for another user", async () => {
    await (await keyed("key-of-a-save-3")).customers.create(entered("Each their own"));
    await (await keyed("key-of-a-save-3", "admin")).customers.create(entered("Each their own"));
    expect(await countOf("Each their own")).toBe(2);
  });

  test("may not come with other content or another procedure", async () => {
    const caller = await keyed("key-of-a-save-4");
    await caller.customers.create(entered("First"));
    expect(await codeOf(caller.customers.create(entered("Second")))).toBe("key-reused");
    expect(await codeOf(caller.items.create({ sku: "K-4", name: "Other", sellingPrice: "1" }))).toBe("key-reused");
    expect(await countOf("Second")).toBe(0);
  });

  test("that failed may be sent again with the same key", async () => {
    const caller = await keyed("key-of-a-save-5");
    const order = {
      customer: "999999",
      status: "draft",
      placedAt: "2026-11-01T10:00:00Z",
      lines: [{ description: "x", quantity: "1", unitPrice: "1" }],
    };
    expect(await codeOf(caller.orders.create(order))).toBe("reference-missing");
    expect(await codeOf(caller.orders.create(order))).toBe("reference-missing");
    expect(await web.farm.query("owner", "SELECT 1 FROM idempotency_keys WHERE key = 'key-of-a-save-5'")).toEqual([]);
  });

  test("that is no key is refused", async () => {
    expect(await codeOf((await keyed("no key")).customers.create(entered("No key")))).toBe("input-invalid");
  });

  test("keeps no password: neither in what it remembers nor in a form that could be tried", async () => {
    const caller = await web.caller("owner", { [IDEMPOTENCY_HEADER]: "key-with-password" });
    await caller.users.create({ name: "New", email: "new@farm.test", role: "viewer", password: PASSWORD });
    const [row] = await web.farm.query(
      "owner",
      "SELECT result::text, input_hash FROM idempotency_keys WHERE key = 'key-with-password'",
    );
    expect(row?.["result"]).not.toContain("argon2");
    expect(row?.["result"]).not.toContain(PASSWORD);
  });
});

describe("a write that a browser sends", () => {
  const from = async (headers: Record<string, string | null>) => {
    const all = await web.headersOf("staff");
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) all.delete(name);
      else all.set(name, value);
    }
    return web.callerWith(all).customers.create(entered("From somewhere"));
  };

  test.each([
    ["the public address", { origin: PUBLIC_URL }],
    ["the host that was asked, by another name", { origin: "http://192.168.1.20:3000", host: "192.168.1.20:3000" }],
    ["a host that the gate passed on", { origin: "http://farm.lan", host: "127.0.0.1:4000", "x-forwarded-host": "farm.lan" }],
  ])("is taken from %s", async (_, headers) => {
    await expect(from(headers)).resolves.toMatchObject({ name: "From somewhere" });
  });

  test.each([
    ["another site", { origin: "https://evil.example" }],
    ["another port", { origin: "http://farm.test:3001" }],
    ["a sandboxed frame", { origin: "null" }],
    ["a host that looks alike", { origin: "http://farm.test:3000.evil.example", host: "farm.test:3000" }],
    ["nowhere, with a cookie", { origin: null }],
  ])("is refused from %s", async (_, headers) => {
    const error = await failure(from(headers));
    expect([error.code, problemOf(error).code]).toEqual(["FORBIDDEN", "foreign-origin"]);
  });

  test("that only reads may come from anywhere", async () => {
    const headers = await web.headersOf("viewer", { origin: "https://evil.example" });
    await expect(web.callerWith(headers).customers.list({})).resolves.toMatchObject({ page: 1 });
  });
});

describe("while the fence is closed", () => {
  beforeAll(() => web.farm.query("owner", `REVOKE ${web.farm.roles.writer} FROM ${web.farm.roles.app}`));
  afterAll(() => web.farm.query("owner", `GRANT ${web.farm.roles.writer} TO ${web.farm.roles.app}`));

  test("a save is refused as one that may be sent again, and reading goes on", async () => {
    const staff = await web.caller("staff");
    const error = await failure(staff.customers.create(entered("Fenced")));
    expect([error.code, problemOf(error).code]).toEqual(["SERVICE_UNAVAILABLE", "saving-paused"]);
    await expect(staff.customers.list({})).resolves.toMatchObject({ page: 1 });
  });

  test("somebody who was not seen for long can still read", async () => {
    await web.farm.query("owner", "UPDATE users SET last_seen_at = NULL");
    await expect((await web.caller("viewer")).users.me()).resolves.toMatchObject({ role: "viewer" });
  });
});

describe("what an error says", () => {
  test("of the input: each field by its path", async () => {
    const staff = await web.caller("staff");
    const order = {
      customer: "1",
      status: "draft",
      placedAt: "2026-11-01T10:00:00Z",
      lines: [{ description: "", quantity: "x", unitPrice: "1" }],
    };
    const error = await failure(staff.orders.create(order));
    expect(error.code).toBe("BAD_REQUEST");
    expect(problemOf(error).code).toBe("input-invalid");
    expect(fieldsOf(error)).toEqual({
      "lines.0.description": "Please say what it is.",
      "lines.0.quantity": "a number such as 3 or 0.750",
    });
  });

  test("of ourselves: nothing that was thrown", () => {
    const secret = new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: new Error("password=hunter2") });
    expect(JSON.stringify(problemOf(secret))).not.toContain("hunter2");
    const ours = new TRPCError({ code: "CONFLICT", cause: new AppError("last-owner", {}) });
    expect(problemOf(ours).code).toBe("last-owner");
  });
});

describe("a session ends", () => {
  const me = async (token: string) => {
    const headers = new Headers({ cookie: `other=1; ${sessionCookie(false)}=${token}` });
    return web.callerWith(headers).users.me();
  };

  test("when its user is disabled, and lives again when they are not", async () => {
    const token = await web.sessionOf(web.ids.staff);
    await expect(me(token)).resolves.toMatchObject({ role: "staff" });
    const owner = await web.caller("owner");
    const staff = { id: web.ids.staff, name: "The staff", role: "staff" as const };
    await owner.users.update({ ...staff, disabled: true });
    expect(await codeOf(me(token))).toBe("sign-in-needed");
    await owner.users.update({ ...staff, disabled: false });
    await expect(me(token)).resolves.toMatchObject({ role: "staff" });
  });

  test("when the password changes, and takes its new role at once", async () => {
    const token = await web.sessionOf(web.ids.staff);
    const owner = await web.caller("owner");
    await owner.users.update({ id: web.ids.staff, name: "The staff", role: "viewer", disabled: false });
    await expect(me(token)).resolves.toMatchObject({ role: "viewer" });
    await owner.users.resetPassword({ id: web.ids.staff, password: "another password" });
    expect(await codeOf(me(token))).toBe("sign-in-needed");
  });

  test("when it is not ours, is torn, or names nobody", async () => {
    const token = await web.sessionOf(web.ids.admin);
    for (const other of [token.slice(0, -4), "nonsense", "", await web.sessionOf("999999")]) {
      expect(await codeOf(me(other))).toBe("sign-in-needed");
    }
  });

  test("when all sessions are ended", async () => {
    const token = await web.sessionOf(web.ids.admin);
    await expect(me(token)).resolves.toMatchObject({ role: "admin" });
    const headers = (session: string) => new Headers({ cookie: `${sessionCookie(false)}=${session}` });
    expect(await endedWithAll(headers(token), web.web)).toBe(false);
    web.raiseEpoch();
    expect(await codeOf(me(token))).toBe("sign-in-needed");
    // The sign-in page says why; to nobody else.
    expect(await endedWithAll(headers(token), web.web)).toBe(true);
    expect(await endedWithAll(headers("nonsense"), web.web)).toBe(false);
    expect(await endedWithAll(new Headers(), web.web)).toBe(false);
    expect(await endedWithAll(headers(await web.sessionOf(web.ids.admin)), web.web)).toBe(false);
  });
});
