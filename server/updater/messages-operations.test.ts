import { mkdtemp, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Channel } from "../messages/contract.ts";
import { remove } from "../platform/files.ts";
import { homePaths } from "../platform/home.ts";
import { createVirtualClock } from "../updates/testing/virtual-clock.ts";
import type { World } from "../updates/world.ts";
import type { MessagesOperations } from "./messages-operations.ts";
import { createMessagesOperations } from "./messages-operations.ts";

let home: string;
let operations: MessagesOperations;
let tested: [Channel, string | null][];
let clock: ReturnType<typeof createVirtualClock>;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "filaops-messages-"));
  tested = [];
  clock = createVirtualClock();
  const world = {
    paths: homePaths(home),
    clock,
    backupSettings: () => Promise.resolve({ schedule: { timeZone: "Europe/Vienna" } }),
  } as unknown as World;
  const messenger = {
    test: (channel: Channel, secret: string | null) => {
      tested.push([channel, secret]);
      return Promise.resolve({ id: "0".repeat(32) } as Awaited<
        ReturnType<Parameters<typeof createMessagesOperations>[1]["test"]>
      >);
    },
  };
  operations = createMessagesOperations(world, messenger);
});
afterEach(() => remove(home));

const hook = {
  target: { kind: "webhook", url: "https://hooks.example/a" },
  events: ["needs_attention"],
  level: "subtle",
} as const;
const wanted = (change = {}) => ({ channel: { ...hook, events: [...hook.events], ...change } });
const SECRET = "a-secret-of-this-channel";

test("until something is set up, nobody is told, and the farm's time zone is the one of its backups", async () => {
  expect(await operations.messages()).toMatchObject({
    channels: [],
    allowed: [],
    quiet: { enabled: false, timeZone: "Europe/Vienna" },
  });
  expect(await operations.messageDeliveries()).toEqual([]);
});

test("a secret goes in and never comes out; it is kept apart, for us alone", async () => {
  const id = await operations.setMessageChannel({ ...wanted(), secret: SECRET });
  const view = await operations.messages();
  expect(view.channels).toMatchObject([{ id, hasSecret: true, since: clock.now().toISOString() }]);
  const paths = homePaths(home);
  expect(JSON.stringify(view) + (await readFile(paths.messageSettings, "utf8"))).not.toContain(SECRET);
  for (const path of [paths.messageSettings, paths.messageSecrets]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  await operations.removeMessageChannel(id);
  expect(await readFile(paths.messageSecrets, "utf8")).not.toContain(SECRET);
  expect((await operations.messages()).channels).toEqual([]);
});

test("what is known is used for the same place, and for no other that is typed in beside it", async () => {
  const id = await operations.setMessageChannel({ ...wanted(), secret: SECRET });
  await operations.testMessageChannel(wanted({ id, target: { kind: "webhook", url: "https://hooks.example/b" } }));
  expect(tested).toMatchObject([[{ id, target: { url: "https://hooks.example/b" } }, SECRET]]);
  const elsewhere = wanted({ id, target: { kind: "webhook", url: "https://evil.example/" } });
  await expect(operations.testMessageChannel(elsewhere)).rejects.toMatchObject({ code: "input-invalid" });
  await expect(operations.setMessageChannel(elsewhere)).rejects.toMatchObject({ code: "input-invalid" });
  await expect(operations.testMessageChannel(wanted())).rejects.toMatchObject({ code: "input-invalid" });
  expect(tested).toHaveLength(1);
});

test.each([
  ["a webhook without a key", wanted(), undefined],
  ["a webhook with a short one", wanted(), "short"],
  [
    "a mailbox without a password",
    wanted({
      target: { kind: "email", host: "m.example", port: 587, encryption: "starttls", user: "u", from: "a@b.c", to: ["d@e.f"] },
    }),
    undefined,
  ],
  ["a channel that is not there", wanted({ id: "01JD000000000000000000CHAN" }), SECRET],
])("is not set up: %s", async (_what, input, secret) => {
  await expect(operations.setMessageChannel(secret === undefined ? input : { ...input, secret })).rejects.toMatchObject({
    code: expect.stringMatching(/input-invalid|not-found/) as string,
  });
  expect((await operations.messages()).channels).toEqual([]);
});

test("a channel that is told more counts from then on; one that only moved goes on as it was", async () => {
  const id = await operations.setMessageChannel({ ...wanted(), secret: SECRET });
  const first = clock.now().toISOString();
  await clock.sleep(60_000);
  await operations.setMessageChannel(wanted({ id, target: { kind: "webhook", url: "https://hooks.example/b" } }));
  expect((await operations.messages()).channels).toMatchObject([{ since: first, hasSecret: true }]);
  await operations.setMessageChannel(wanted({ id, events: ["needs_attention", "update.complete"] }));
  expect((await operations.messages()).channels).toMatchObject([{ since: clock.now().toISOString() }]);
});

test("there are ten places at most, and changes at the same time lose none", async () => {
  await Promise.all(Array.from({ length: 10 }, () => operations.setMessageChannel({ ...wanted(), secret: SECRET })));
  expect((await operations.messages()).channels).toHaveLength(10);
  await expect(operations.setMessageChannel({ ...wanted(), secret: SECRET })).rejects.toMatchObject({ code: "input-invalid" });
  await operations.allowMessageAddresses(["192.168.1.0/24"]);
  await operations.setQuietHours({ enabled: true, from: "21:00", to: "06:00", timeZone: "UTC", urgentPasses: true });
  expect(await operations.messages()).toMatchObject({ allowed: ["192.168.1.0/24"], quiet: { from: "21:00" } });
});
