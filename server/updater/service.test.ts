import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Audit } from "../audit/write.ts";
import { systemClock } from "../platform/clock.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import { silentLog } from "../platform/log.ts";
import type { UpdaterClient } from "./client.ts";
import { createUpdaterClient } from "./client.ts";
import type { Caller } from "./contract.ts";
import { serve } from "./service.ts";
import { rawCall } from "./testing/raw-call.ts";
import { fakeOperations, FRESH_PLAN, OTHER_RUN, PLAN, RUN, UNDO_PLAN } from "./testing/fake-operations.ts";
import type { KnownUser, Users } from "./users.ts";

const WEB = "w".repeat(43);
const OPERATOR = "o".repeat(43);
const KEY = "a-key-of-a-click";
const NIGHTLY = { enabled: true, from: "02:00", to: "05:00", timeZone: "UTC", minAgeDays: 7, quietMinutes: 15 };
const OWNER: Caller = { kind: "user", userId: "1" };
const ADMIN: Caller = { kind: "user", userId: "2" };
const STAFF: Caller = { kind: "user", userId: "3" };
const VIEWER: Caller = { kind: "user", userId: "4" };
const GONE: Caller = { kind: "user", userId: "99" };

let folder: string;
let socketPath: string;
let operations: ReturnType<typeof fakeOperations>;
let entries: Parameters<Audit>[0][];
let service: { close: () => Promise<void> };
let clients: UpdaterClient[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-updater-"));
  socketPath = join(folder, "updater.sock");
  operations = fakeOperations();
  entries = [];
  clients = [];
  service = await start();
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await service.close();
  await rm(folder, { recursive: true });
});

function start() {
  const audit: Audit = (entry) => {
    entries.push(entry);
    return Promise.resolve();
  };
  const tokens = { web: WEB, operator: OPERATOR };
  return serve({ socketPath, tokens, operations, users: fakeUsers(), audit, clock: systemClock, log: silentLog });
}

function fakeUsers(): Users {
  const roles: Record<string, KnownUser["role"]> = { 1: "owner", 2: "admin", 3: "staff", 4: "viewer" };
  return {
    find: (id) => {
      const role = roles[id];
      return Promise.resolve(role === undefined ? null : { id, name: `User ${id}`, role });
    },
    checkPassword: (id, password) => Promise.resolve(password === `password of ${id}`),
    farmName: () => Promise.resolve("Layer Cake"),
    resetPassword: (email) => Promise.resolve(email === "ann@farm.example" ? { email, name: "Ann" } : null),
  };
}

function as(caller: Caller, token = caller.kind === "operator" ? OPERATOR : WEB) {
  const client = createUpdaterClient({ socketPath, token });
  clients.push(client);
  return client.as(caller);
}

/** The code of the error that a call ends with. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return toProblem(error).code;
}

describe("the socket", () => {
  test("is open to its owner and group only", async () => {
    const { mode } = await stat(socketPath);
    expect((mode & 0o777).toString(8)).toBe("660");
  });

  test("replaces what a killed updater left behind", async () => {
    await service.close();
    await writeFile(socketPath, "stale");
    service = await start();
    expect(await as({ kind: "operator" }).history.query()).toEqual([]);
  });

  test("that nobody serves is `service-unreachable`, and works again when it is back", async () => {
    const api = as(OWNER);
    await service.close();
    expect(await codeOf(api.history.query())).toBe("service-unreachable");
    service = await start();
    expect(await api.history.query()).toEqual([]);
  });

  test("that is being replaced is waited for by a patient caller: nothing is asked in vain, nothing is answered twice", async () => {
    const client = createUpdaterClient({ socketPath, token: WEB, patience: { ms: 30_000, clock: systemClock } });
    clients.push(client);
    const api = client.as(OWNER);
    const asked = Promise.withResolvers<undefined>();
    const counting = Promise.withResolvers<Awaited<ReturnType<typeof operations.history>>>();
    const { history } = operations;
    operations.history = () => {
      asked.resolve(undefined);
      return counting.promise;
    };
    const during = api.history.query();
    await asked.promise;
    const closed = service.close();
    operations.history = history;
    const after = api.start.mutate({ plan: PLAN, idempotencyKey: KEY });
    counting.resolve([]);
    expect(await during).toEqual([]);
    await closed;
    service = await start();
    expect(await after).toEqual({ run: RUN, joined: false });
    expect(entries).toHaveLength(1);
  });

  test("that stays away is `service-unreachable` to a patient caller too", async () => {
    const client = createUpdaterClient({ socketPath, token: WEB, patience: { ms: 250, clock: systemClock } });
    clients.push(client);
    await service.close();
    expect(await codeOf(client.as(OWNER).history.query())).toBe("service-unreachable");
    service = await start();
  });

  test("that does not answer in time is `service-unreachable`", async () => {
    operations.history = () => new Promise(() => undefined);
    const client = createUpdaterClient({ socketPath, token: WEB, timeoutMs: 50 });
    clients.push(client);
    expect(await codeOf(client.as(OWNER).history.query())).toBe("service-unreachable");
  });
});

describe("who calls", () => {
  test.each([
    ["no token", {}],
    ["a wrong token", { authorization: "Bearer wrong", "x-filaops-user": "1" }],
    ["an empty token", { authorization: "Bearer ", "x-filaops-user": "1" }],
    ["the web without a user", { authorization: `Bearer ${WEB}` }],
    ["the web for the operator", { authorization: `Bearer ${WEB}`, "x-filaops-user": "operator" }],
    ["the web for a path", { authorization: `Bearer ${WEB}`, "x-filaops-user": "../1" }],
    ["the web for SQL", { authorization: `Bearer ${WEB}`, "x-filaops-user": "1 or 1=1" }],
    ["the operator for a user", { authorization: `Bearer ${OPERATOR}`, "x-filaops-user": "1" }],
    ["a token in the wrong scheme", { authorization: `Basic ${WEB}`, "x-filaops-user": "1" }],
  ])("%s is refused", async (_, headers) => {
    const answer = await rawCall(socketPath, "/history", { headers });
    expect(answer).toMatchObject({ status: 401, body: { error: { data: { problem: { code: "caller-unknown" } } } } });
  });

  test("a user who is gone or disabled is refused", async () => {
    expect(await codeOf(as(GONE).overview.query())).toBe("caller-unknown");
  });

  test("a role that a caller claims counts for nothing", async () => {
    const headers = { authorization: `Bearer ${WEB}`, "x-filaops-user": "3", "x-filaops-role": "owner" };
    const answer = await rawCall(socketPath, "/start", { headers, body: { plan: PLAN, idempotencyKey: KEY } });
    expect(answer).toMatchObject({ status: 403, body: { error: { data: { problem: { code: "role-needed" } } } } });
  });
});

describe("who may do what", () => {
  type Api = ReturnType<typeof as>;
  const forAdmins: Record<string, (api: Api) => Promise<unknown>> = {
    overview: (api) => api.overview.query(),
    history: (api) => api.history.query(),
    log: (api) => api.log.query({ run: RUN }),
    plan: (api) => api.plan.query({ plan: PLAN }),
    status: (api) => api.status.query({ run: RUN }),
    check: (api) => api.check.mutate(),
    planUndo: (api) => api.planUndo.mutate({ run: RUN }),
    start: (api) => api.start.mutate({ plan: PLAN, idempotencyKey: KEY }),
    cancel: (api) => api.cancel.mutate({ run: RUN }),
    automatic: (api) => api.automatic.query(),
    setAutomatic: (api) => api.setAutomatic.mutate(NIGHTLY),
    notTonight: (api) => api.notTonight.mutate({}),
  };

  test.each(Object.entries(forAdmins))("%s: owner, admin and operator, nobody else", async (_, call) => {
    for (const caller of [STAFF, VIEWER]) expect(await codeOf(call(as(caller)))).toBe("role-needed");
    expect(operations.calls).toEqual([]);
    for (const caller of [OWNER, ADMIN, { kind: "operator" } as const]) expect(await call(as(caller))).toBeDefined();
  });

  test("who has updates begin by themselves, and who puts one off, is in the audit log", async () => {
    await as(ADMIN).setAutomatic.mutate(NIGHTLY);
    await as({ kind: "operator" }).notTonight.mutate({});
    expect(entries).toMatchObject([
      { actor: { kind: "user", id: "2" }, action: "updater.set-automatic", result: "done" },
      { actor: { kind: "operator" }, action: "updater.not-tonight", result: "done" },
    ]);
  });

  test("a refusal is in the audit log, with who it was", async () => {
    await codeOf(as(STAFF).start.mutate({ plan: PLAN, idempotencyKey: KEY }));
    expect(entries).toMatchObject([
      { actor: { kind: "user", id: "3", role: "staff" }, action: "updater.start", result: "refused" },
    ]);
  });

  test("the bar is for everybody and shows no details", async () => {
    const bar = await as(VIEWER).bar.query();
    expect(bar).toMatchObject({ run: RUN, percent: 30, steps: [{ title: "Checking this computer", state: "done" }] });
    expect(JSON.stringify(bar)).not.toContain("detail");
  });

  test("settling and passwords are for the operator only", async () => {
    const reset = { email: "ann@farm.example", password: "a new password" };
    expect(await codeOf(as(OWNER).settle.mutate())).toBe("role-needed");
    expect(operations.calls).toEqual([]);
    expect(await as({ kind: "operator" }).settle.mutate()).toEqual({ settled: true });
    expect(await codeOf(as(OWNER).resetPassword.mutate(reset))).toBe("role-needed");
    expect(await as({ kind: "operator" }).resetPassword.mutate(reset)).toEqual({ email: "ann@farm.example", name: "Ann" });
    expect(JSON.stringify(entries)).not.toContain("a new password");
  });

  test("no password is reset while a run is under way", async () => {
    await as(OWNER).start.mutate({ plan: PLAN, idempotencyKey: KEY });
    const reset = as({ kind: "operator" }).resetPassword.mutate({ email: "ann@farm.example", password: "a new password" });
    expect(await codeOf(reset)).toBe("run-under-way");
  });
});

describe("what is asked", () => {
  test.each([
    ["log", { run: "../../etc/passwd" }],
    ["log", { run: "%2e%2e%2f" }],
    ["log", { run: "/etc/passwd" }],
    ["log", { run: `${RUN}\n` }],
    ["log", { run: RUN, path: "/etc/passwd" }],
    ["plan", { plan: "../01JD0000000000000000000P1N" }],
    ["status", { run: "x".repeat(10_000) }],
  ])("%s with %j is refused before anything is looked up", async (name, input) => {
    const query = encodeURIComponent(JSON.stringify(input));
    const answer = await rawCall(socketPath, `/${name}?input=${query}`, { headers: asHeaders(OWNER) });
    expect(answer).toMatchObject({ status: 400, body: { error: { data: { problem: { code: "input-invalid" } } } } });
    expect(operations.calls).toEqual([]);
  });

  test.each([
    ["start", { plan: PLAN, idempotencyKey: KEY, actor: { kind: "operator" } }],
    ["start", { plan: PLAN, idempotencyKey: KEY, command: "id" }],
    ["start", { plan: { id: PLAN }, idempotencyKey: KEY }],
    ["start", { plan: PLAN, idempotencyKey: "$(id)" }],
    ["planUpdate", { version: "1.1.0", archiveUrl: "http://evil.example/x.tar.gz" }],
    ["planUpdate", { version: "1.1.0; rm -rf /" }],
    ["planUpdate", { version: "1.1.0\n" }],
    ["update", { version: "../../etc", idempotencyKey: KEY }],
    ["undo", { run: RUN, idempotencyKey: KEY, password: 1 }],
  ])("%s with %j is refused", async (name, body) => {
    const answer = await rawCall(socketPath, `/${name}`, { headers: asHeaders(OWNER), body });
    expect(answer).toMatchObject({ status: 400, body: { error: { data: { problem: { code: "input-invalid" } } } } });
    expect(operations.calls).toEqual([]);
  });

  test("a body that is far too large is not read", async () => {
    const answer = await rawCall(socketPath, "/start", { headers: asHeaders(OWNER), body: { plan: "x".repeat(200_000) } });
    expect(answer.status).toBe(413);
  });

  test("a version that the check did not find and verify is refused", async () => {
    expect(await codeOf(as(OWNER).planUpdate.mutate({ version: "9.9.9" }))).toBe("release-unknown");
    expect(operations.calls).toEqual([["way", "9.9.9"]]);
  });
});

describe("starting", () => {
  test("two admins at once get the same run", async () => {
    const [one, two] = await Promise.all([
      as(OWNER).start.mutate({ plan: PLAN, idempotencyKey: "key-of-owner" }),
      as(ADMIN).start.mutate({ plan: PLAN, idempotencyKey: "key-of-admin" }),
    ]);
    expect([one.run, two.run]).toEqual([RUN, RUN]);
    expect([one.joined, two.joined].toSorted()).toEqual([false, true]);
  });

  test("a repeated key is the same run, also after it has ended", async () => {
    await as(OWNER).start.mutate({ plan: PLAN, idempotencyKey: KEY });
    operations.end();
    expect(await as(OWNER).start.mutate({ plan: PLAN, idempotencyKey: KEY })).toEqual({ run: RUN, joined: true });
    expect(operations.calls.filter(([name]) => name === "start")).toHaveLength(1);
  });

  test("is written to the audit log with who did it and what came of it", async () => {
    await as(ADMIN).start.mutate({ plan: PLAN, idempotencyKey: KEY });
    await codeOf(as(ADMIN).start.mutate({ plan: OTHER_RUN, idempotencyKey: "another-key" }));
    expect(entries).toMatchObject([
      {
        actor: { kind: "user", id: "2", name: "User 2", role: "admin" },
        action: "updater.start",
        result: "done",
        detail: { run: RUN },
      },
      { action: "updater.start", result: "failed", detail: { problem: "not-found" } },
    ]);
  });
});

describe("taking back", () => {
  const input = { run: RUN, plan: UNDO_PLAN, idempotencyKey: KEY };

  test.each([
    ["undo without a password", (api: ReturnType<typeof as>) => api.undo.mutate(input)],
    ["undo with another's password", (api) => api.undo.mutate({ ...input, password: "password of 1" })],
    ["start of an undo's plan without a password", (api) => api.start.mutate({ plan: UNDO_PLAN, idempotencyKey: KEY })],
  ] satisfies [string, (api: ReturnType<typeof as>) => Promise<unknown>][])("%s is refused", async (_, call) => {
    expect(await codeOf(call(as(ADMIN)))).toBe("password-wrong");
    expect(operations.calls.filter(([name]) => name === "start")).toEqual([]);
  });

  test("asks for the caller's own password, and never writes it down", async () => {
    expect(await as(ADMIN).undo.mutate({ ...input, password: "password of 2" })).toEqual({ run: RUN, joined: false });
    expect(entries).toMatchObject([{ action: "updater.undo", result: "done" }]);
    expect(JSON.stringify(entries)).not.toContain("password of");
  });

  test("the operator at the server needs none", async () => {
    expect(await as({ kind: "operator" }).undo.mutate({ run: RUN, idempotencyKey: KEY })).toEqual({ run: RUN, joined: false });
  });

  test("a plan for another run is refused", async () => {
    const other = as(ADMIN).undo.mutate({ ...input, run: OTHER_RUN, password: "password of 2" });
    expect(await codeOf(other)).toBe("not-found");
  });
});

describe("starting fresh", () => {
  const input = { version: "1.1.0", plan: FRESH_PLAN, farmName: " layer  CAKE", password: "password of 1", idempotencyKey: KEY };

  test("is for owners: with their password and the farm's name, and the last export is written down with it", async () => {
    expect(await as(OWNER).startFresh.mutate(input)).toEqual({ run: RUN, joined: false });
    expect(entries).toMatchObject([
      { action: "updater.start-fresh", result: "done", detail: { run: RUN, lastExportAt: "2026-11-23T12:00:00.000Z" } },
    ]);
    expect(JSON.stringify(entries)).not.toContain("password of");
  });

  test.each([
    ["an admin", ADMIN, { password: "password of 2" }, "role-needed"],
    ["another's password", OWNER, { password: "password of 2" }, "password-wrong"],
    ["another name", OWNER, { farmName: "Layers" }, "farm-name-wrong"],
    ["the plan of an update", OWNER, { plan: PLAN }, "not-found"],
    ["the plan for another version", OWNER, { version: "1.2.0" }, "not-found"],
  ] as const)("with %s is refused", async (_, caller, over, code) => {
    expect(await codeOf(as(caller).startFresh.mutate({ ...input, ...over }))).toBe(code);
    expect(operations.calls.filter(([name]) => name === "start")).toEqual([]);
  });

  test("by its plan alone, past the farm's name, is refused", async () => {
    const start = { plan: FRESH_PLAN, password: "password of 1", idempotencyKey: KEY };
    expect(await codeOf(as(OWNER).start.mutate(start))).toBe("not-found");
    expect(await codeOf(as({ kind: "operator" }).start.mutate(start))).toBe("not-found");
    expect(operations.calls.filter(([name]) => name === "start")).toEqual([]);
  });
});

describe("where messages go", () => {
  const target = { kind: "webhook", url: "https://hooks.example/x" } as const;
  const input = { channel: { target, events: ["needs_attention"], level: "subtle" }, secret: "a-secret-of-a-channel" } as const;
  const wanted = { ...input, channel: { ...input.channel, events: [...input.channel.events] } };

  test("is an owner's to say, with their password, and what they typed is not written down", async () => {
    expect(await codeOf(as(ADMIN).setMessageChannel.mutate({ ...wanted, password: "password of 2" }))).toBe("role-needed");
    expect(await codeOf(as(OWNER).setMessageChannel.mutate(wanted))).toBe("password-wrong");
    await as(OWNER).setMessageChannel.mutate({ ...wanted, password: "password of 1" });
    expect(operations.calls).toEqual([["setMessageChannel", wanted]]);
    expect(entries.map(({ action, result }) => `${action} ${result}`)).toEqual([
      "updater.setMessageChannel refused",
      "updater.set-message-channel failed",
      "updater.set-message-channel done",
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/password of|a-secret|hooks/);
  });

  test("in the own network is the operator's alone to say", async () => {
    const allowed = ["192.168.1.20"];
    expect(await codeOf(as(OWNER).allowMessageAddresses.mutate({ allowed }))).toBe("role-needed");
    expect(await as({ kind: "operator" }).allowMessageAddresses.mutate({ allowed })).toEqual({ allowed });
  });
});

function asHeaders(caller: Caller): Record<string, string> {
  return { authorization: `Bearer ${WEB}`, ...(caller.kind === "user" ? { "x-filaops-user": caller.userId } : {}) };
}
