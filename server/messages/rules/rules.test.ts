import { describe, expect, test } from "vitest";
import type { Failure, Message, OutboxLine, Quiet, Target } from "../contract.ts";
import { isPermanent, MAX_ATTEMPTS, pauseMs, tryAgainAt } from "./attempts.ts";
import { compacted, outboxState } from "./outbox-state.ts";
import { hasToWait, isQuiet } from "./quiet-hours.ts";
import { isSamePlace } from "./same-place.ts";

const NOW = new Date("2026-11-26T12:00:00.000Z");
const MINUTE = 60_000;
const failure = (change: Partial<Failure>): Failure => ({
  kind: "refused",
  protocol: "http",
  status: null,
  reason: "",
  ...change,
});

describe("trying again", () => {
  test.each<[string, Partial<Failure>, boolean]>([
    ["HTTP 400", { status: 400 }, true],
    ["HTTP 408", { status: 408 }, false],
    ["HTTP 425", { status: 425 }, false],
    ["HTTP 429", { status: 429 }, false],
    ["HTTP 302", { status: 302 }, true],
    ["HTTP 500", { status: 500 }, false],
    ["SMTP 450", { status: 450, protocol: "smtp" }, false],
    ["SMTP 550", { status: 550, protocol: "smtp" }, true],
    ["no number", {}, false],
    ["a login", { kind: "login", status: 401 }, true],
    ["an address of ours", { kind: "private" }, true],
    ["no encryption", { kind: "plain" }, true],
    ["nobody there", { kind: "unreachable" }, false],
    ["a sender that ended", { kind: "sender" }, false],
  ])("is of use or not: %s", (_what, change, permanent) => {
    expect(isPermanent(failure(change))).toBe(permanent);
  });

  test("grows, never beyond eight hours, and ends with the eighth time or within a day", () => {
    const minutes = Array.from({ length: 8 }, (_, index) => pauseMs(index + 1, 0.5) / MINUTE);
    expect(minutes).toEqual([1, 3, 9, 27, 81, 243, 480, 480]);
    expect([pauseMs(1, 0), pauseMs(1, 1)]).toEqual([0.8 * MINUTE, 1.2 * MINUTE]);
    const next = (attempt: number, hoursAgo: number) =>
      tryAgainAt(
        { attempt, queuedAt: new Date(NOW.getTime() - hoursAgo * 60 * MINUTE).toISOString(), failure: failure({ status: 500 }) },
        NOW,
        0.5,
      );
    expect(next(1, 0)).toEqual(new Date(NOW.getTime() + MINUTE));
    expect(next(MAX_ATTEMPTS, 1)).toBeNull();
    expect(next(7, 15)).not.toBeNull();
    expect(next(7, 17)).toBeNull();
  });
});

describe("quiet hours", () => {
  const quiet: Quiet = { enabled: true, from: "22:00", to: "07:00", timeZone: "Europe/Berlin", urgentPasses: true };

  test.each([
    ["2026-11-26T20:59:59.999Z", false],
    ["2026-11-26T21:00:00.000Z", true],
    ["2026-11-26T23:30:00.000Z", true],
    ["2026-11-27T05:59:59.999Z", true],
    ["2026-11-27T06:00:00.000Z", false],
    // In summer the farm's clock is an hour further on.
    ["2026-07-01T20:00:00.000Z", true],
    ["2026-07-01T05:00:00.000Z", false],
    // The night in which the clock is put forward.
    ["2027-03-28T04:59:00.000Z", true],
    ["2027-03-28T05:00:00.000Z", false],
  ])("at %s: %s", (at, expected) => {
    expect(isQuiet(quiet, new Date(at))).toBe(expected);
    expect(isQuiet({ ...quiet, enabled: false }, new Date(at))).toBe(false);
  });

  test("within a day, from the first minute up to and without the last", () => {
    const noon = { ...quiet, from: "12:00", to: "13:00", timeZone: "UTC" };
    expect(["11:59", "12:00", "12:59", "13:00"].map((time) => isQuiet(noon, new Date(`2026-11-26T${time}:30Z`)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test.each([
    ["needs_attention", null, false],
    ["backup.failed", "failed", false],
    ["update.rolled_back", "rolled_back", false],
    ["update.rolled_back", "cancelled", true],
    ["update.complete", "complete", true],
    ["update.available", null, true],
    ["backup.overdue", null, true],
    ["test", null, false],
  ] as const)("%s (%s) waits: %s", (event, outcome, waits) => {
    const run =
      outcome === null ? null : { id: "01JD0000000000000000000RVN", kind: "update", from: "1.0.0", to: "1.1.0", outcome };
    const night = new Date("2026-11-26T23:00:00Z");
    expect(hasToWait(quiet, { event, run }, night)).toBe(waits);
    expect(hasToWait({ ...quiet, urgentPasses: false }, { event, run }, night)).toBe(event !== "test");
  });
});

describe("a secret", () => {
  const mail: Extract<Target, { kind: "email" }> = {
    kind: "email",
    host: "mail.example",
    port: 587,
    encryption: "starttls",
    user: "farm",
    from: "a@b.c",
    to: ["d@e.f"],
  };
  const cases: [string, Target, Target, boolean][] = [
    ["other recipients", mail, { ...mail, to: ["x@y.z"] }, true],
    ["another server", mail, { ...mail, host: "evil.example" }, false],
    ["another port", mail, { ...mail, port: 2525 }, false],
    ["another name", mail, { ...mail, user: "other" }, false],
    ["no encryption any more", mail, { ...mail, encryption: "none" }, false],
    ["another path", { kind: "webhook", url: "https://a.example/x" }, { kind: "webhook", url: "https://a.example/y" }, true],
    ["without TLS", { kind: "webhook", url: "https://a.example/x" }, { kind: "webhook", url: "http://a.example/x" }, false],
    [
      "another kind",
      { kind: "webhook", url: "https://a.example/x" },
      { kind: "ntfy", server: "https://a.example", topic: "x" },
      false,
    ],
    [
      "another topic",
      { kind: "ntfy", server: "https://a.example", topic: "y" },
      { kind: "ntfy", server: "https://a.example", topic: "x" },
      true,
    ],
  ];
  test.each(cases)("may be used for the same place only: %s", (_what, known, wanted, expected) => {
    expect(isSamePlace(known, wanted)).toBe(expected);
  });
});

test("a long outbox is made shorter, and says the same of what was told", () => {
  const message: Omit<Message, "id"> = {
    ...{ event: "update.complete", level: "none", at: NOW.toISOString(), farm: "F", version: "1.0.0", title: "T", text: "t" },
    ...{ url: "https://farm.example/", run: null },
  };
  const lines = Array.from({ length: 300 }, (_, index): OutboxLine[] => {
    const id = index.toString(16).padStart(32, "0");
    const at = new Date(NOW.getTime() + index * MINUTE).toISOString();
    return [
      {
        type: "queued",
        v: 1,
        id,
        at,
        key: `run:${index}`,
        channel: "01JD000000000000000000CHAN",
        where: "there",
        message: { ...message, id },
      },
      { type: "sending", id, at, attempt: 1 },
      ...(index === 5 ? [] : [{ type: "sent", id, at, status: 200 } as const]),
    ];
  }).flat();
  const [before, after] = [outboxState(lines), outboxState(compacted(lines))];
  expect(after.told.map(({ key }) => key).sort()).toEqual(before.told.map(({ key }) => key).sort());
  // The newest that are over, and the one that is not.
  expect(after.deliveries).toEqual(before.deliveries.filter((_, index) => index >= 100 || index === 5));
  expect(compacted(compacted(lines))).toEqual(compacted(lines));
});
