import { describe, expect, it } from "vitest";
import type { KnownChannel } from "./channel-form.ts";
import { channelInputSchema, newKey, portFor, readValues, valuesOf } from "./channel-form.ts";
import { EVENTS, eventsSentence, placeOf, quietSentence, stateWords } from "./messages-view.ts";

const known: KnownChannel = {
  ...{
    id: "01JD000000000000000000CHAN",
    events: ["needs_attention"],
    level: "urgent",
    since: "2026-11-26T12:00:00.000Z",
    hasSecret: true,
  },
  target: { kind: "email", host: "mail.example", port: 465, encryption: "tls", user: "u", from: "a@b.c", to: ["d@e.f", "g@h.i"] },
};

/** Where the first thing is wrong, or what would be sent. */
function read(values: ReturnType<typeof valuesOf>, channel: KnownChannel | null = null): unknown {
  const parsed = channelInputSchema(channel).safeParse(readValues(values, channel));
  return parsed.success ? parsed.data : parsed.error.issues.map(({ path }) => path.join("."));
}

describe("the fields of a channel", () => {
  it("give back what is known, but for its secret", () => {
    const { id, target, events, level } = known;
    expect(read(valuesOf("email", known), known)).toEqual({ channel: { id, target, events, level } });
  });

  it("mean what was pasted, without the blanks around it", () => {
    const values = { ...valuesOf("ntfy", null), topic: " farm ", secret: " tk_1 " };
    expect(read(values)).toMatchObject({ channel: { target: { server: "https://ntfy.sh", topic: "farm" } }, secret: "tk_1" });
  });

  it.each([
    ["an empty mailbox", valuesOf("email", null), ["channel.target.host", "channel.target.from", "channel.target.to"]],
    ["a port that is none", { ...valuesOf("email", known), port: "many", secret: "x" }, ["channel.target.port"]],
    ["an address that is none", { ...valuesOf("email", known), to: "d@e.f, nobody", secret: "x" }, ["channel.target.to.1"]],
    ["a name in a mail address", { ...valuesOf("email", known), from: "Farm <a@b.c>", secret: "x" }, ["channel.target.from"]],
    [
      "a password in an address",
      { ...valuesOf("webhook", null), url: "https://a:b@c.example/", secret: newKey() },
      ["channel.target.url"],
    ],
    ["a webhook without a key", { ...valuesOf("webhook", null), url: "https://c.example/" }, ["secret"]],
    ["a webhook with a short one", { ...valuesOf("webhook", null), url: "https://c.example/", secret: "short" }, ["secret"]],
    ["a topic with a slash", { ...valuesOf("ntfy", null), topic: "a/b" }, ["channel.target.topic"]],
  ])("say what is wrong: %s", (_what, values, paths) => {
    expect(read(values)).toEqual(paths);
  });

  it("follow the encryption with the port, unless somebody chose one", () => {
    expect([portFor("tls", "587"), portFor("none", ""), portFor("starttls", "2525")]).toEqual(["465", "25", "2525"]);
  });

  it("are filled with keys of 64 characters, a new one each time", () => {
    expect(newKey()).toMatch(/^[0-9a-f]{64}$/);
    expect(newKey()).not.toBe(newKey());
  });
});

describe("the words", () => {
  it("name places without secrets", () => {
    expect(placeOf(known.target)).toBe("d@e.f, g@h.i");
    expect(placeOf({ kind: "webhook", url: "https://c.example/a-path-that-may-be-secret" })).toBe("c.example");
    expect(placeOf({ kind: "ntfy", server: "https://ntfy.sh", topic: "farm" })).toBe("farm on ntfy.sh");
  });

  it("say what is told, and when not", () => {
    expect(eventsSentence(EVENTS.map(({ event }) => event))).toBe("Everything is told here.");
    expect(eventsSentence(["backup.overdue", "needs_attention"])).toBe("Something needs a person · Backups are overdue.");
    expect(eventsSentence([])).toBe("Nothing is told here.");
    const quiet = { enabled: true, from: "22:00", to: "07:00", timeZone: "America/New_York", urgentPasses: false };
    expect(quietSentence(quiet)).toBe("From 22:00 to 07:00 (America/New York) messages wait. They go out afterwards.");
    expect(quietSentence({ ...quiet, enabled: false })).toBe("Messages go out at any hour.");
  });

  it.each([
    [{ state: "sent", attempts: 1, held: false }, "Sent"],
    [{ state: "failed", attempts: 8, held: false }, "Not delivered"],
    [{ state: "dropped", attempts: 0, held: false }, "Not sent"],
    [{ state: "sending", attempts: 1, held: false }, "On its way"],
    [{ state: "waiting", attempts: 0, held: false }, "On its way"],
    [{ state: "waiting", attempts: 2, held: false }, "Is tried again"],
    [{ state: "waiting", attempts: 0, held: true }, "Waits for the morning"],
  ] as const)("say what came of a delivery: %j", (delivery, text) => {
    expect(stateWords(delivery).text).toBe(text);
  });
});
