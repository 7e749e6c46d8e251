import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Order } from "./contract.ts";
import { childSender, createSender } from "./run-sender.ts";
import { signatureOf } from "./sender/signature.ts";
import type { FakeReceiver } from "./testing/fake-receiver.ts";
import { startFakeReceiver } from "./testing/fake-receiver.ts";

const PROGRAM = join(import.meta.dirname, "../../scripts/send-message.ts");
let receiver: FakeReceiver;
beforeAll(async () => {
  receiver = await startFakeReceiver();
});
afterAll(() => receiver.close());

function orderTo(url: string): Order {
  return {
    message: {
      ...{ id: "0123456789abcdef0123456789abcdef", event: "test", level: "none", at: "2026-11-26T12:00:00.000Z" },
      ...{ farm: "Farm", version: "1.0.0", title: "A test", text: "A test.", url: "https://farm.example/", run: null },
    },
    target: { kind: "webhook", url },
    secret: "a-secret-of-this-channel",
    allowed: ["127.0.0.1"],
    now: 1_764_158_400,
  };
}

test("a process of its own delivers what it gets on its standard input, and says what came of it", async () => {
  const send = createSender(childSender(PROGRAM));
  receiver.answers.push(200, 418);
  expect(await Promise.all([send(orderTo(`${receiver.url}/hook`)), send(orderTo(`${receiver.url}/hook`))])).toEqual(
    expect.arrayContaining([
      { ok: true, status: 200 },
      { ok: false, failure: { kind: "refused", protocol: "http", status: 418, reason: "it answered 418" } },
    ]),
  );
  const [first] = receiver.received;
  const { body, headers } = first!;
  expect(JSON.parse(body)).toMatchObject({ event: "test", farm: "Farm", title: "A test", run: null });
  expect(headers["x-filaops-signature"]).toBe(signatureOf("a-secret-of-this-channel", 1_764_158_400, body));
});

test("what is running there may read no file but its own program, and start nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "filaops-sender-"));
  const key = join(await mkdtemp(join(tmpdir(), "filaops-keys-")), "owner.password");
  await writeFile(key, "secret");
  const program = join(folder, "send-message.mjs");
  await writeFile(program, CURIOUS.replaceAll("KEY", key));
  expect(JSON.parse(await childSender(program)({ id: "1", input: "{}" }))).toEqual({
    read: "ERR_ACCESS_DENIED",
    write: "ERR_ACCESS_DENIED",
    start: "ERR_ACCESS_DENIED",
    secrets: [],
  });
});

/** Tries what the sender has no business to do. */
const CURIOUS = `
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
const tried = (act) => { try { act(); return "done"; } catch (error) { return error.code; } };
console.log(JSON.stringify({
  read: tried(() => readFileSync("KEY")),
  write: tried(() => writeFileSync("KEY", "")),
  start: tried(() => execFileSync("true")),
  secrets: Object.keys(process.env).filter((name) => /secret|password|token|filaops/i.test(name)),
}));
`;

test("one that says nothing that can be understood did not send", async () => {
  const answers = async (printed: string) => createSender(() => Promise.resolve(printed))(orderTo(receiver.url));
  for (const printed of ["", "{}", "words\n", '{"ok":true}']) {
    expect(await answers(printed)).toMatchObject({ ok: false, failure: { kind: "sender", reason: "it ended with an error." } });
  }
  expect(await answers('noise before\n{"ok":true,"status":202}\n')).toEqual({ ok: true, status: 202 });
});
