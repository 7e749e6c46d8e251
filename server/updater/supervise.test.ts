import { beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../platform/log.ts";
import { createExclusive } from "../platform/exclusive.ts";
import type { Duties } from "./supervise.ts";
import { createSupervisor } from "./supervise.ts";

const RUN = "01JD0000000000000000000RVN";

let now: number;
let held: boolean;
let open: string | null;
let done: string[];
let failing: Set<string>;
let due: boolean;
let next: "started" | "waiting" | "nothing";
let supervisor: ReturnType<typeof createSupervisor>;
const exclusive = createExclusive();

beforeEach(() => {
  now = 0;
  held = false;
  open = null;
  done = [];
  failing = new Set();
  due = false;
  next = "nothing";
  supervisor = createSupervisor({ duties: duties(), exclusive, clock: clock(), log: silentLog });
});

function duties(): Duties {
  const act = (name: string) => () => {
    done.push(name);
    return failing.has(name) ? Promise.reject(new Error(name)) : Promise.resolve();
  };
  return {
    lockHeld: () => held,
    openRun: () => Promise.resolve(open),
    spawnRunner: act("spawn"),
    settle: act("settle"),
    project: act("project"),
    collectGarbage: act("collect"),
    continueChain: async () => {
      await act("chain")();
      return next;
    },
    startDue: async () => {
      await act("schedule")();
      return due ? "started" : "nothing";
    },
    keepAlive: act("keep-alive"),
    handOver: act("hand-over"),
  };
}

function clock() {
  return { now: () => new Date(now), monotonic: () => now, sleep: () => Promise.resolve() };
}

/** Looks every 300 ms for so long, and says what was done. */
async function lookFor(ms: number): Promise<string[]> {
  done = [];
  for (const end = now + ms; now < end; now += 300) await supervisor.look().catch(() => undefined);
  return done;
}

describe("at its start", () => {
  test("an open run without a runner gets one before anything else is touched", async () => {
    open = RUN;
    expect(await lookFor(300)).toEqual(["spawn"]);
    held = true;
    expect(await lookFor(3000)).toEqual([]);
  });

  test("without an open run the world is put right, the tables projected, the app kept alive, rubbish collected", async () => {
    expect(await lookFor(600)).toEqual(["settle", "project", "keep-alive", "collect", "hand-over", "chain", "schedule"]);
  });

  test("a run whose runner lives on is left alone until it is over", async () => {
    [held, open] = [true, RUN];
    expect(await lookFor(3000)).toEqual([]);
    [held, open] = [false, null];
    expect(await lookFor(600)).toEqual(["settle", "project", "keep-alive", "collect", "hand-over", "chain", "schedule"]);
  });
});

describe("what is due by the schedule", () => {
  test("is begun while no run is open, and then nothing else is done until it is over", async () => {
    due = true;
    expect(await lookFor(600)).toEqual(["settle", "project", "keep-alive", "collect", "hand-over", "chain", "schedule"]);
    [held, open, due] = [true, RUN, false];
    expect(await lookFor(60_000)).toEqual([]);
    [held, open] = [false, null];
    expect(await lookFor(600)).toEqual(["settle", "project", "keep-alive", "collect", "hand-over", "chain", "schedule"]);
  });

  test("is asked every now and then", async () => {
    await lookFor(600);
    expect((await lookFor(60_000)).filter((what) => what === "schedule")).toHaveLength(2);
  });
});

describe("a path over required stops", () => {
  test("is gone on with after the handover; as long as its next step waits for that, nothing else is begun", async () => {
    next = "waiting";
    await lookFor(600);
    const acts = await lookFor(10_000);
    expect(acts.filter((act) => act === "chain").length).toBeGreaterThan(5);
    expect(acts).toContain("hand-over");
    expect(acts).not.toContain("schedule");
    next = "started";
    expect(await lookFor(1200)).toContain("chain");
    [held, open] = [true, RUN];
    expect(await lookFor(60_000)).toEqual([]);
  });

  test("is asked for once after a run, and no more when there is none", async () => {
    await lookFor(600);
    expect(await lookFor(60_000)).not.toContain("chain");
    open = RUN;
    supervisor.runBegan();
    held = true;
    await lookFor(300);
    [held, open] = [false, null];
    expect((await lookFor(6000)).filter((act) => act === "chain")).toHaveLength(1);
  });

  test("that cannot be asked for is asked for again", async () => {
    failing.add("chain");
    await lookFor(3000);
    failing.clear();
    expect(await lookFor(3000)).toEqual(expect.arrayContaining(["chain", "schedule"]));
  });
});

describe("a runner", () => {
  test("that was just started has a moment to take the lock", async () => {
    await lookFor(600);
    open = RUN;
    supervisor.runBegan();
    expect(await lookFor(1800)).toEqual([]);
    expect(await lookFor(600)).toEqual(["spawn"]);
  });

  test("that died is replaced at once, and later each time that its successor dies", async () => {
    [held, open] = [true, RUN];
    await lookFor(600);
    held = false;
    expect(await lookFor(300)).toEqual(["spawn"]);
    const spawns = (await lookFor(60_000)).length;
    expect(spawns).toBeGreaterThan(5);
    expect(spawns).toBeLessThan(25);
  });

  test("that died in the moment between two looks after a start is replaced", async () => {
    open = RUN;
    supervisor.runBegan();
    held = true;
    await lookFor(300);
    held = false;
    expect(await lookFor(300)).toEqual(["spawn"]);
  });

  test("that cannot be started does not end the loop", async () => {
    open = RUN;
    failing.add("spawn");
    expect((await lookFor(10_000)).length).toBeGreaterThan(2);
    failing.clear();
    held = true;
    await lookFor(300);
    [held, open] = [false, null];
    expect(await lookFor(300)).toContain("settle");
  });
});

describe("while nothing runs", () => {
  test("the app is looked at every second, and rubbish collected once a day", async () => {
    await lookFor(600);
    const acts = await lookFor(10_000);
    const kept = acts.filter((act) => act === "keep-alive").length;
    expect(kept).toBeGreaterThanOrEqual(8);
    expect(kept).toBeLessThanOrEqual(10);
    expect(acts.filter((act) => act !== "keep-alive")).toEqual(["hand-over", "hand-over"]);
    now += 24 * 3_600_000;
    expect(await lookFor(300)).toContain("collect");
  });

  test("what cannot be put right is tried again, and the app is kept alive all the same", async () => {
    failing.add("settle");
    const acts = await lookFor(10_000);
    expect(acts.filter((act) => act === "keep-alive").length).toBeGreaterThanOrEqual(8);
    expect(acts.filter((act) => act === "settle").length).toBeGreaterThan(3);
    expect(acts).not.toContain("collect");
    failing.clear();
    expect(await lookFor(6000)).toContain("project");
    expect(await lookFor(3000)).not.toContain("settle");
  });

  test("tables that cannot be written are tried again and stop nothing", async () => {
    failing.add("project");
    await lookFor(3000);
    failing.clear();
    expect(await lookFor(6000)).toContain("project");
  });

  test("nothing is kept alive or collected between a start and the lock", async () => {
    await lookFor(600);
    open = RUN;
    supervisor.runBegan();
    expect(await lookFor(1800)).toEqual([]);
  });
});

test("a look waits for other exclusive work, such as the start of a run", async () => {
  const { promise, resolve: release } = Promise.withResolvers<undefined>();
  const other = exclusive(() => promise);
  const look = supervisor.look();
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toEqual([]);
  release(undefined);
  await Promise.all([other, look]);
  expect(done).toEqual(["settle", "project", "keep-alive"]);
});
