import { beforeEach, describe, expect, it } from "vitest";
import type { PublicStatus } from "../../server/updates/contract.ts";
import { createPublicStatus } from "./public-status.ts";
import type { EventStream } from "./public-status.ts";

const status = (over: Partial<PublicStatus> = {}): PublicStatus => ({
  run: "01JZ0000000000000000000000",
  kind: "update",
  undoes: null,
  chain: null,
  endsSessions: false,
  to: "1.1.0",
  outcome: null,
  updatedAt: "2026-11-23T14:00:00.000Z",
  percent: 10,
  people: "all",
  goingBack: false,
  leaseSeconds: 30,
  steps: [],
  ...over,
});

type Timer = { act: () => void; ms: number };

let streams: (EventStream & { closed: boolean })[];
let timers: Timer[];
let asked: number;
let answer: () => Response;
let visible: boolean;
let visibility: () => void;
let source: ReturnType<typeof createPublicStatus>;

beforeEach(() => {
  streams = [];
  timers = [];
  asked = 0;
  answer = () => new Response(null, { status: 204 });
  visible = true;
  visibility = () => undefined;
  source = createPublicStatus({
    open: () => {
      const stream: EventStream & { closed: boolean } = {
        closed: false,
        onopen: null,
        onmessage: null,
        onerror: null,
        close: () => {
          stream.closed = true;
        },
      };
      streams.push(stream);
      return stream;
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- an answer that throws must become a rejection
    fetch: async () => {
      asked += 1;
      return answer();
    },
    setTimer: (act, ms) => {
      const timer = { act, ms };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    visible: () => visible,
    onVisibility: (listener) => {
      visibility = listener;
      return () => undefined;
    },
  });
});

/** Lets the timer that is set now run out, and what it asked be answered. */
async function runTimer(): Promise<number> {
  const timer = timers.shift()!;
  timer.act();
  await new Promise((resolve) => setImmediate(resolve));
  return timer.ms;
}
const event = (value: PublicStatus | null) => {
  streams.at(-1)!.onmessage!({ data: JSON.stringify(value) });
};

describe("the stream", () => {
  it("is opened once for all and closed with the last", () => {
    const leave = [source.subscribe(() => undefined), source.subscribe(() => undefined)];
    expect(streams).toHaveLength(1);
    leave[0]!();
    expect(streams[0]!.closed).toBe(false);
    leave[1]!();
    expect(streams[0]!.closed).toBe(true);
    expect(timers).toHaveLength(0);
  });

  it("tells every change", () => {
    let told = 0;
    source.subscribe(() => {
      told += 1;
    });
    event(status({ percent: 40 }));
    expect(source.get()).toEqual({ status: status({ percent: 40 }), known: true, quiet: false });
    expect(told).toBe(1);
  });

  it("does not go back to something older of the same run", () => {
    source.subscribe(() => undefined);
    event(status({ outcome: "complete", updatedAt: "2026-11-23T14:01:00.000Z" }));
    event(status({ percent: 20 }));
    expect(source.get().status?.outcome).toBe("complete");
  });

  it("ignores what it does not understand", () => {
    source.subscribe(() => undefined);
    streams[0]!.onmessage!({ data: "<html>" });
    expect(source.get().known).toBe(false);
  });

  it("is given up by a tab that nobody sees, and opened again when it is seen", () => {
    source.subscribe(() => undefined);
    visible = false;
    visibility();
    expect(streams[0]!.closed).toBe(true);
    expect(timers).toHaveLength(0);
    visible = true;
    visibility();
    expect(streams).toHaveLength(2);
  });
});

describe("when the stream breaks", () => {
  it("asks, and opens the stream again once there is an answer", async () => {
    source.subscribe(() => undefined);
    answer = () => Response.json(status({ percent: 70 }));
    streams[0]!.onerror!();
    expect(streams[0]!.closed).toBe(true);
    await runTimer();
    expect(source.get().status?.percent).toBe(70);
    expect(streams).toHaveLength(2);
  });

  it("keeps what it knew, says when it is quiet, and asks ever more slowly until it is answered", async () => {
    source.subscribe(() => undefined);
    event(status({ percent: 50 }));
    answer = () => {
      throw new TypeError("Failed to fetch");
    };
    streams[0]!.onerror!();
    const waits = [await runTimer(), await runTimer(), await runTimer(), await runTimer(), await runTimer(), await runTimer()];
    expect(waits).toEqual([1000, 1000, 2000, 4000, 8000, 15_000]);
    expect(source.get()).toMatchObject({ status: { percent: 50 }, quiet: true });

    answer = () => Response.json(status({ outcome: "complete", updatedAt: "2026-11-23T14:02:00.000Z" }));
    await runTimer();
    expect(source.get()).toMatchObject({ status: { outcome: "complete" }, quiet: false });
  });

  it("asks when an open stream stays silent during a run", async () => {
    source.subscribe(() => undefined);
    event(status());
    expect(timers[0]!.ms).toBe(15_000);
    await runTimer();
    expect(asked).toBe(1);
  });

  it("does not take a page for an answer", async () => {
    source.subscribe(() => undefined);
    answer = () => new Response("<html>captive portal</html>");
    streams[0]!.onerror!();
    await runTimer();
    expect(source.get().known).toBe(false);
  });
});
