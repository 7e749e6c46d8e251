import { describe, expect, it } from "vitest";
import { createPausedFetch, SaveNotAnswered } from "./paused-fetch.ts";
import type { PausedFetchDeps } from "./paused-fetch.ts";
import { createWaitingSaves } from "./waiting-saves.ts";

type Answer = Response | Error | ((init: RequestInit | undefined) => Response);

const refused = (retryAfter = "2") =>
  new Response(JSON.stringify({ error: { code: "paused" } }), {
    status: 503,
    headers: { "Retry-After": retryAfter, "X-FilaOps-Refused": "paused" },
  });
const lost = () => new Response("{}", { status: 502, headers: { "x-filaops-refused": "unknown-result" } });
const saved = () => new Response("saved", { status: 200 });
const broken = () => new TypeError("Failed to fetch");

/** A world with a script of answers; the last one repeats. */
function world(answers: Answer[], options: { updating?: boolean } = {}) {
  const sent: { key: string | null; body: unknown }[] = [];
  const slept: number[] = [];
  const waiting = createWaitingSaves();
  const waitingSeen: number[] = [];
  let now = 0;
  const deps: PausedFetchDeps = {
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
      sent.push({ key: headers.get("x-idempotency-key"), body: input instanceof Request ? await input.text() : init?.body });
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer instanceof Error) throw answer;
      return typeof answer === "function" ? answer(init) : answer.clone();
    },
    sleep: (ms, signal) => {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      slept.push(ms);
      waitingSeen.push(waiting.count());
      now += ms;
      return Promise.resolve();
    },
    now: () => now,
    waiting,
    updating: () => options.updating ?? false,
  };
  return { send: createPausedFetch(deps), sent, slept, waiting, waitingSeen };
}

const save = { method: "POST", body: '{"note":"typed"}', headers: { "x-idempotency-key": "key-12345678" } };
const saveWithoutKey = { method: "POST", body: "{}" };

describe("a save during an update", () => {
  it("is sent again after Retry-After, the same, until it is answered", async () => {
    const w = world([refused("2"), refused("3"), saved()]);
    const response = await w.send("/api/trpc/orders.create", save);
    expect(await response.text()).toBe("saved");
    expect(w.slept).toEqual([2000, 3000]);
    expect(w.sent).toEqual(Array(3).fill({ key: "key-12345678", body: '{"note":"typed"}' }));
  });

  it("is announced while it waits, and no longer", async () => {
    const w = world([refused(), saved()]);
    await w.send("/x", save);
    expect(w.waitingSeen).toEqual([1]);
    expect(w.waiting.count()).toBe(0);
  });

  it("goes on when the app says that its database is not ready", async () => {
    const notReady = new Response("{}", { status: 503, headers: { "x-filaops-not-ready": "1", "retry-after": "1" } });
    const w = world([notReady, saved()]);
    expect((await w.send("/x", save)).status).toBe(200);
  });

  it("goes on when its result got lost in the switch", async () => {
    const w = world([refused(), lost(), broken(), saved()]);
    expect((await w.send("/x", save)).status).toBe(200);
    expect(w.sent).toHaveLength(4);
  });

  it("can be sent as a Request, whose body is read once per attempt", async () => {
    const w = world([refused(), saved()]);
    await w.send(new Request("http://farm.test/x", save));
    expect(w.sent.map((request) => request.body)).toEqual([save.body, save.body]);
  });

  it("is given up after minutes with words that say where the text is", async () => {
    const w = world([refused("10")]);
    await expect(w.send("/x", save)).rejects.toThrow(/not saved yet. What you typed is still here/);
    expect(w.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(4 * 60_000);
    expect(w.waiting.count()).toBe(0);
  });

  it("stops when the page stops it", async () => {
    const stop = new AbortController();
    const w = world([
      () => {
        stop.abort(new DOMException("left the page", "AbortError"));
        return refused();
      },
    ]);
    await expect(w.send("/x", { ...save, signal: stop.signal })).rejects.toThrow("left the page");
    expect(w.sent).toHaveLength(1);
    expect(w.waiting.count()).toBe(0);
  });
});

describe("what is not repeated", () => {
  it.each([
    ["a normal answer", saved(), 200],
    ["an error of the app", new Response("{}", { status: 500 }), 500],
    ["a 503 of something else", new Response("busy", { status: 503, headers: { "Retry-After": "1" } }), 503],
  ])("%s", async (_name, answer, status) => {
    const w = world([answer]);
    expect((await w.send("/x", save)).status).toBe(status);
    expect(w.sent).toHaveLength(1);
  });

  it("a request without a key whose result is unknown", async () => {
    expect((await world([lost()]).send("/x", saveWithoutKey)).status).toBe(502);
    await expect(world([broken()]).send("/x", saveWithoutKey)).rejects.toThrow("Failed to fetch");
  });

  it("but a refused one is, key or not: nothing was done", async () => {
    const w = world([refused(), saved()]);
    expect((await w.send("/x", saveWithoutKey)).status).toBe(200);
  });
});

describe("a broken connection", () => {
  it("outside of an update is given up within seconds, and nothing says that saving waits", async () => {
    const w = world([broken()]);
    await expect(w.send("/x", save)).rejects.toThrow(SaveNotAnswered);
    expect(w.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(15_000);
    expect(Math.max(...w.waitingSeen)).toBe(0);
  });

  it("during an update waits like a refusal", async () => {
    const w = world([...Array<Answer>(40).fill(broken()), saved()], { updating: true });
    expect((await w.send("/x", save)).status).toBe(200);
    expect(w.waitingSeen[0]).toBe(1);
  });
});

it.each([
  [null, 1000],
  ["", 1000],
  ["0", 1000],
  ["-5", 1000],
  ["soon", 1000],
  ["4", 4000],
  ["3600", 10_000],
])("Retry-After %o waits %d ms", async (header, ms) => {
  const headers = new Headers({ "x-filaops-refused": "paused" });
  if (header !== null) headers.set("retry-after", header);
  const w = world([new Response(null, { status: 503, headers }), saved()]);
  await w.send("/x", save);
  expect(w.slept).toEqual([ms]);
});
