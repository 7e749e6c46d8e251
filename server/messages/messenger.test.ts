import { appendFile, readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readOutbox } from "./outbox.ts";
import { send } from "./sender/send.ts";
import type { FakeReceiver } from "./testing/fake-receiver.ts";
import { startFakeReceiver } from "./testing/fake-receiver.ts";
import type { FakeSmtp } from "./testing/fake-smtp.ts";
import { readMail, startFakeSmtp } from "./testing/fake-smtp.ts";
import type { MessageStage } from "./testing/message-stage.ts";
import { CHANNEL, channelTo, runOf, setMessageStage } from "./testing/message-stage.ts";

let stage: MessageStage;
let receiver: FakeReceiver;
let smtp: FakeSmtp;
beforeEach(async () => {
  [stage, receiver, smtp] = await Promise.all([setMessageStage(), startFakeReceiver(), startFakeSmtp()]);
  stage.settings.channels = [channelTo({ kind: "webhook", url: `${receiver.url}/hook` })];
});
afterEach(() => Promise.all([stage.close(), receiver.close(), smtp.close()]));

const bodies = () => receiver.received.map(({ body }) => JSON.parse(body) as { id: string; event: string; title: string });
const events = () => bodies().map(({ event }) => event);
const deliveries = async () => (await readOutbox(stage.paths)).deliveries;
const lineTypes = async () => {
  const lines = (await readFile(stage.paths.outbox, "utf8")).split("\n").slice(0, -1);
  return lines.map((line) => (JSON.parse(line) as { type: string }).type);
};
const DONE = { outcome: "complete", finishedAt: "2026-11-26T12:00:30.000Z", pauseMs: 4200 } as const;

test("mailbox, webhook and ntfy get what they should, and nothing twice across restarts", async () => {
  stage.settings.channels = [
    channelTo({ kind: "webhook", url: `${receiver.url}/hook` }, { id: "01JD000000000000000000WEBH" }),
    channelTo({ kind: "ntfy", server: receiver.url, topic: "farm" }, { id: "01JD000000000000000000NTFY" }),
    channelTo(
      {
        kind: "email",
        host: "127.0.0.1",
        port: smtp.port,
        encryption: "none",
        user: "farm",
        from: "filaops@farm.example",
        to: ["owner@farm.example"],
      },
      { id: "01JD000000000000000000MA11" },
    ),
  ];
  const restart = async () => {
    const messenger = await stage.start();
    await messenger.look();
    await messenger.look();
  };
  await restart();
  stage.facts.runs = [runOf()];
  await restart();
  await restart();
  stage.facts.runs = [runOf(DONE)];
  await restart();
  await restart();

  const told = ["The update to 1.1.0 has begun", "The update to 1.1.0 is complete"];
  const [hooks, topics] = [
    receiver.received.filter(({ path }) => path === "/hook"),
    receiver.received.filter(({ path }) => path === "/"),
  ];
  expect(hooks.map(({ body }) => (JSON.parse(body) as { title: string }).title)).toEqual(told);
  expect(topics.map(({ body }) => (JSON.parse(body) as { title: string }).title)).toEqual(
    told.map((title) => `Krämer & Söhne: ${title}`),
  );
  expect(smtp.mails.map(({ text }) => readMail(text).subject)).toEqual(told.map((title) => `Krämer & Söhne: ${title}`));
  expect(smtp.mails[1]).toMatchObject({
    from: "filaops@farm.example",
    to: ["owner@farm.example"],
    login: "\0farm\0a-secret-of-this-channel",
  });
  expect((await deliveries()).map(({ state, attempts }) => [state, attempts])).toEqual(Array(6).fill(["sent", 1]));
});

test("what ended before a channel was there is not told; a run that goes on just then is told of at its end", async () => {
  const before = runOf({
    run: "01JD000000000000000000BEF0",
    startedAt: "2026-11-01T00:00:00.000Z",
    outcome: "complete",
    finishedAt: "2026-11-01T00:01:00.000Z",
  });
  const open = { startedAt: "2026-11-26T11:59:59.000Z" };
  stage.facts.runs = [before, runOf(open)];
  const messenger = await stage.start();
  await messenger.look();
  expect(events()).toEqual([]);
  stage.facts.runs = [before, runOf({ ...open, ...DONE })];
  await messenger.look();
  expect(events()).toEqual(["update.complete"]);
});

describe("killed", () => {
  test("before it was sent: it is sent at the next start", async () => {
    stage.facts.runs = [runOf(DONE)];
    const killed = await stage.start(() => new Promise(() => undefined));
    void killed.look();
    await expect.poll(async () => (await deliveries()).map(({ state }) => state)).toEqual(["sending"]);
    await (await stage.start()).look();
    expect(events()).toEqual(["update.complete"]);
  });

  test("between sending and writing that down: it arrives twice, and with one id", async () => {
    stage.facts.runs = [runOf(DONE)];
    const killed = await stage.start(async (order) => {
      await send(order);
      return new Promise(() => undefined);
    });
    void killed.look();
    await expect.poll(() => events()).toEqual(["update.complete"]);
    await (await stage.start()).look();
    expect(new Set(bodies().map(({ id }) => id)).size).toBe(1);
    expect(receiver.received.map(({ headers }) => headers["idempotency-key"])).toEqual(bodies().map(({ id }) => id));
    expect(receiver.received).toHaveLength(2);
    await (await stage.start()).look();
    expect(receiver.received).toHaveLength(2);
  });

  test("in the middle of a line: what was cut off was not written, and is told", async () => {
    stage.facts.runs = [runOf(DONE)];
    await stage.start();
    await appendFile(stage.paths.outbox, '{"type":"queued","v":1,"id":"01');
    await (await stage.start()).look();
    expect(events()).toEqual(["update.complete"]);
    expect(await lineTypes()).toEqual(["queued", "sending", "sent"]);
  });

  test("each time that it is sent: it is given up", async () => {
    stage.facts.runs = [runOf(DONE)];
    for (let time = 1; time <= 8; time += 1) {
      void (await stage.start(() => new Promise(() => undefined))).look();
      await expect.poll(async () => (await deliveries()).map(({ attempts }) => attempts)).toEqual([time]);
    }
    await (await stage.start()).look();
    expect(await deliveries()).toMatchObject([
      { state: "dropped", why: "FilaOps was ended while it was being sent, each time." },
    ]);
    expect(receiver.received).toEqual([]);
  });
});

test("half a line that a full disk left is gone before the next one is written", async () => {
  const messenger = await stage.start();
  await appendFile(stage.paths.outbox, '{"type":"queued","v":1,"id":"01');
  stage.facts.runs = [runOf(DONE)];
  await messenger.look();
  expect(events()).toEqual(["update.complete"]);
  expect(await lineTypes()).toEqual(["queued", "sending", "sent"]);
});

test("a line in the midst that cannot be read stops messages: what was told is not known then", async () => {
  await stage.start();
  await appendFile(stage.paths.outbox, "rubbish\n{}\n");
  await expect(stage.start()).rejects.toThrow("outbox.ndjson, line 1");
});

describe("a receiver that", () => {
  const look = async (minutes: number) => {
    stage.later(minutes);
    await (await stage.start()).look();
  };

  test("is not well gets it again, later each time and with the same id, until it takes it", async () => {
    receiver.answers.push(503, "hang up", 429);
    stage.facts.runs = [runOf(DONE)];
    await look(0);
    await look(0.5);
    expect(receiver.received).toHaveLength(1);
    for (const minutes of [0.6, 3, 2, 7]) await look(minutes);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(bodies().map(({ id }) => id)).size).toBe(1);
    expect(await deliveries()).toMatchObject([{ state: "sent", attempts: 4 }]);
  });

  test("never answers well is asked eight times", async () => {
    receiver.answers.push(...Array<number>(20).fill(500));
    stage.facts.runs = [runOf(DONE)];
    for (let hour = 0; hour < 30; hour += 1) for (const minutes of [1, 3, 56]) await look(minutes);
    expect(receiver.received).toHaveLength(8);
    expect(await deliveries()).toMatchObject([
      { state: "failed", attempts: 8, again: null, problem: { code: "message-refused" } },
    ]);
  });

  test.each([[400], [404], [401], [{ status: 302, headers: { location: "/elsewhere" } }]])(
    "answers %j is asked once",
    async (answer) => {
      receiver.answers.push(answer);
      stage.facts.runs = [runOf(DONE)];
      await look(0);
      await look(600);
      expect(receiver.received.map(({ path }) => path)).toEqual(["/hook"]);
      expect(await deliveries()).toMatchObject([{ state: "failed", attempts: 1 }]);
      expect(JSON.stringify(await deliveries())).not.toContain("words of the other side");
    },
  );
});

test("in the quiet hours messages wait; what has to be known may come through; what is true no more by the morning is not sent", async () => {
  // 12:00 UTC is 13:00 in Berlin; it is quiet there until seven.
  stage.settings.quiet = { ...stage.settings.quiet, enabled: true, from: "13:00", urgentPasses: true };
  const failed = runOf({ run: "01JD0000000000000000000BAD", outcome: "rolled_back", finishedAt: "2026-11-26T12:00:40.000Z" });
  stage.facts = { ...stage.facts, runs: [failed, runOf()], release: { version: "1.2.0", level: "critical" } };
  const messenger = await stage.start();
  await messenger.look();
  expect(events()).toEqual(["update.rolled_back"]);
  stage.facts = { ...stage.facts, runs: [failed, runOf(DONE)], release: null };
  stage.later(17 * 60 + 59);
  await messenger.look();
  expect(events()).toHaveLength(1);
  stage.later(1);
  await messenger.look();
  expect(events()).toEqual(["update.rolled_back", "update.complete"]);
  expect((await deliveries()).flatMap(({ why }) => (why === null ? [] : [why]))).toEqual([
    "It had ended by then.",
    "It was installed, withdrawn or told anew by then.",
  ]);
});

test("a farm whose name cannot be found out signs as it did before", async () => {
  stage.facts.runs = [runOf()];
  await (await stage.start()).look();
  stage.farm = null;
  stage.facts.runs = [runOf(DONE)];
  await (await stage.start()).look();
  expect(receiver.received.map(({ body }) => (JSON.parse(body) as { farm: string }).farm)).toEqual(
    Array(2).fill("Krämer & Söhne"),
  );
});

describe("a test", () => {
  const channel = () => channelTo({ kind: "webhook", url: `${receiver.url}/hook` });

  test("goes out at once, in quiet hours too, is told twice when asked for twice, and stands in the log", async () => {
    stage.settings.quiet = { ...stage.settings.quiet, enabled: true, from: "00:00", to: "23:59" };
    const messenger = await stage.start();
    expect(await messenger.test(channel(), "a-secret-of-this-channel")).toMatchObject({ state: "sent", attempts: 1 });
    await messenger.test(channel(), "a-secret-of-this-channel");
    await messenger.look();
    expect(events()).toEqual(["test", "test"]);
    expect((await deliveries()).map(({ where }) => where)).toEqual([new URL(receiver.url).host, new URL(receiver.url).host]);
  });

  test("that is on its way is left alone by a look at the same time", async () => {
    const released = Promise.withResolvers<undefined>();
    const messenger = await stage.start(async (order) => {
      await released.promise;
      return send(order);
    });
    const testing = messenger.test(channel(), "a-secret-of-this-channel");
    await expect.poll(async () => (await deliveries()).map(({ state }) => state)).toEqual(["sending"]);
    await messenger.look();
    released.resolve(undefined);
    expect(await testing).toMatchObject({ state: "sent", attempts: 1 });
    expect(await lineTypes()).toEqual(["queued", "sending", "sent"]);
  });

  test("says why it was not taken, and is not tried again", async () => {
    const messenger = await stage.start();
    receiver.answers.push(500);
    await expect(messenger.test(channel(), "a-secret-of-this-channel")).rejects.toMatchObject({ code: "message-refused" });
    stage.later(600);
    await messenger.look();
    expect(receiver.received).toHaveLength(1);
  });
});

test("a channel that was removed gets nothing more", async () => {
  receiver.answers.push(500);
  stage.facts.runs = [runOf(DONE)];
  await (await stage.start()).look();
  stage.settings.channels = [];
  stage.later(10);
  await (await stage.start()).look();
  expect(receiver.received).toHaveLength(1);
  expect(await deliveries()).toMatchObject([{ channel: CHANNEL, state: "dropped", why: "Its channel was removed." }]);
});
