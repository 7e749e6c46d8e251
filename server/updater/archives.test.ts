import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Audit } from "../audit/write.ts";
import { systemClock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import { silentLog } from "../platform/log.ts";
import type { UpdaterClient } from "./client.ts";
import { createUpdaterClient } from "./client.ts";
import type { Caller } from "./contract.ts";
import { serve } from "./service.ts";
import { BACKUP, BUNDLE, fakeOperations } from "./testing/fake-operations.ts";
import type { Users } from "./users.ts";

const WEB = "w".repeat(43);
const ADMIN: Caller = { kind: "user", userId: "2" };
const OTHER: Caller = { kind: "user", userId: "1" };
const STAFF: Caller = { kind: "user", userId: "3" };

let folder: string;
let operations: ReturnType<typeof fakeOperations>;
let entries: Parameters<Audit>[0][];
let now: number;
let service: { close: () => Promise<void> };
let client: UpdaterClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-archives-"));
  operations = fakeOperations();
  [entries, now] = [[], 0];
  const roles = { 1: "owner", 2: "admin", 3: "staff" } as Record<string, "owner" | "admin" | "staff">;
  const users: Users = {
    find: (id) => Promise.resolve(roles[id] === undefined ? null : { id, name: `User ${id}`, role: roles[id] }),
    checkPassword: () => Promise.resolve(false),
    farmName: () => Promise.resolve(""),
    resetPassword: () => Promise.resolve(null),
  };
  const audit: Audit = (entry) => Promise.resolve(void entries.push(entry));
  const tokens = { web: WEB, operator: "o".repeat(43) };
  const socketPath = join(folder, "updater.sock");
  const clock = { ...systemClock, monotonic: () => now };
  service = await serve({ socketPath, tokens, operations, users, audit, clock, log: silentLog });
  client = createUpdaterClient({ socketPath, token: WEB });
});
afterEach(async () => {
  await client.close();
  await service.close();
  await rm(folder, { recursive: true });
});

const downloadTicket = async () => (await client.as(ADMIN).downloadTicket.mutate({ backup: BACKUP })).ticket;
const uploadTicket = async () => (await client.as(ADMIN).uploadTicket.mutate()).ticket;

test("an archive goes out by a ticket, once, and it stands in the audit log", async () => {
  const ticket = await downloadTicket();
  const { stream, bytes } = await client.archives(ADMIN).download(ticket);
  expect([await text(stream), bytes]).toEqual(["archive", 7]);
  expect(operations.calls).toContainEqual(["packBackup", BACKUP]);
  await expect
    .poll(() => entries.at(-1))
    .toMatchObject({ action: "updater.download-backup", result: "done", actor: { id: "2" } });
  await expect(client.archives(ADMIN).download(ticket)).rejects.toMatchObject({ code: "ticket-void" });
});

test("an archive comes in by a ticket, as a stream, and the answer says what became of it", async () => {
  const pieces = Readable.from([Buffer.from("first "), Buffer.from("second")]);
  expect(await client.archives(ADMIN).upload(await uploadTicket(), pieces, 12)).toEqual({ id: BACKUP, origin: "ours" });
  expect(operations.calls).toContainEqual(["receiveBackup", { content: "first second", declaredBytes: 12 }]);
});

test("what is refused is told although the sender was not done, and the next call is heard", async () => {
  operations.receiveBackup = (archive) => {
    archive.destroy();
    return Promise.reject(new AppError("archive-not-taken", { reason: "it is a picture" }));
  };
  const large = Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(64 * 1024)));
  await expect(client.archives(ADMIN).upload(await uploadTicket(), large, null)).rejects.toMatchObject({
    code: "archive-not-taken",
  });
  expect(await client.as(ADMIN).history.query()).toEqual([]);
  expect(entries.at(-1)).toMatchObject({
    action: "updater.upload-backup",
    result: "failed",
    detail: { problem: "archive-not-taken" },
  });
});

test("a sender who goes away in the middle is noted, and the next one is heard", async () => {
  operations.receiveBackup = (_archive, { signal }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => {
        reject(new Error("gone"));
      });
    });
  const endless = Readable.from(
    (function* () {
      yield Buffer.alloc(1000);
      throw new Error("the line broke");
    })(),
  );
  await expect(client.archives(ADMIN).upload(await uploadTicket(), endless, 5000)).rejects.toMatchObject({
    code: "service-unreachable",
  });
  await expect.poll(() => entries.at(-1)).toMatchObject({ action: "updater.upload-backup", result: "failed" });
  expect(await client.as(ADMIN).history.query()).toEqual([]);
});

test("a release's bundle comes in by a ticket of its own, and what became of it is told", async () => {
  const { ticket } = await client.as(ADMIN).bundleTicket.mutate();
  const answer = await client.archives(ADMIN).uploadBundle(ticket, Readable.from([Buffer.from("a bundle")]), 8);
  expect(answer).toEqual({ bundle: BUNDLE, origin: "new" });
  expect(operations.calls).toContainEqual(["receiveBundle", { content: "a bundle", declaredBytes: 8 }]);
  expect(entries.at(-1)).toMatchObject({ action: "updater.upload-bundle", result: "done", actor: { id: "2" } });
  const wrong = client.archives(ADMIN).uploadBundle(await uploadTicket(), Readable.from([Buffer.from("a backup")]), 8);
  await expect(wrong).rejects.toMatchObject({ code: "ticket-void" });
});

test("staff neither see bundles nor bring or remove any; an admin's removing stands in the audit log", async () => {
  for (const call of [
    client.as(STAFF).bundles.query(),
    client.as(STAFF).bundleTicket.mutate(),
    client.as(STAFF).removeBundle.mutate({ name: BUNDLE.name }),
  ]) {
    await expect(call).rejects.toMatchObject({ code: "role-needed" });
  }
  await expect(client.as(ADMIN).removeBundle.mutate({ name: "../config.tar" })).rejects.toMatchObject({ code: "input-invalid" });
  await client.as(ADMIN).removeBundle.mutate({ name: BUNDLE.name });
  expect(operations.calls).toContainEqual(["removeBundle", BUNDLE.name]);
  expect(entries.at(-1)).toMatchObject({ action: "updater.remove-bundle", result: "done" });
});

test.each([
  ["somebody else's", async () => client.archives(OTHER).download(await downloadTicket())],
  ["of the other kind", async () => client.archives(ADMIN).download(await uploadTicket())],
  ["made up", () => client.archives(ADMIN).download("x".repeat(32))],
  ["a path", () => client.archives(ADMIN).download("../../history")],
  [
    "a minute old",
    async () => {
      const ticket = await downloadTicket();
      now += 60_001;
      return client.archives(ADMIN).download(ticket);
    },
  ],
])("a ticket that is %s is void", async (_, attempt) => {
  await expect(attempt()).rejects.toMatchObject({ code: "ticket-void" });
  expect(operations.calls.filter(([name]) => name === "packBackup")).toEqual([]);
});

test("staff get no ticket, and a stranger gets nothing", async () => {
  await expect(client.as(STAFF).downloadTicket.mutate({ backup: BACKUP })).rejects.toMatchObject({ code: "role-needed" });
  const stranger = createUpdaterClient({ socketPath: join(folder, "updater.sock"), token: "wrong" });
  await expect(stranger.archives(ADMIN).download(await downloadTicket())).rejects.toMatchObject({ code: "caller-unknown" });
  await stranger.close();
});
