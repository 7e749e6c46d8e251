import { expect, test } from "vitest";
import type { Pace } from "./rules/pace.ts";
import { mayAsk, nextCheckAt } from "./rules/pace.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START = Date.parse("2027-01-01T00:00:00Z");
const DAYS = 30;
const FARMS = 1000;
const CHECK_HOURS = 6;
/** The updater looks every minute whether it is time, and how often in a day a page is opened that asks for the same. */
const TICK_MS = MINUTE_MS;
const PAGES_A_DAY = 20;
/** When a release comes; the list has a new ETag from then on. */
const RELEASED = [5.3, 12.6, 21.1].map((day) => START + day * DAY_MS);
/** The feed is silent for a day and a half: nobody may hurry when it is back. */
const SILENT = { from: START + 15 * DAY_MS, to: START + 16.5 * DAY_MS };

type Farm = Pace & { phaseMs: number; listSeen: number; known: number };
type Figures = { lists: number; unchanged: number; documents: number; archives: number; perMinute: Map<number, number> };

/** What a farm asks at one check, in requests, as `refresh.ts` does it: the list, two documents of each new release, each archive whether it is there. */
function ask(farm: Farm, at: number, figures: Figures): void {
  const minute = Math.floor(at / MINUTE_MS);
  figures.perMinute.set(minute, (figures.perMinute.get(minute) ?? 0) + 1);
  figures.lists += 1;
  if (at >= SILENT.from && at < SILENT.to) return;
  const releases = RELEASED.filter((published) => published <= at).length;
  if (farm.listSeen === releases) figures.unchanged += 1;
  farm.listSeen = releases;
  figures.documents += 2 * (releases - farm.known);
  figures.archives += releases;
  farm.known = releases;
}

/** The next time that the updater's loop or an opened page looks whether it is time: pages come at any moment, the loop once a minute. */
function nextLook(farm: Farm, after: number, dice: () => number): number {
  const tick = after + TICK_MS - ((after - farm.phaseMs) % TICK_MS);
  const page = after + (DAY_MS / PAGES_A_DAY) * -Math.log(1 - dice());
  return Math.min(tick, page);
}

function simulate(): Figures {
  const dice = generator(20_270_101);
  const figures: Figures = { lists: 0, unchanged: 0, documents: 0, archives: 0, perMinute: new Map() };
  for (let index = 0; index < FARMS; index += 1) {
    // The worst case: all of them were installed in one second.
    const farm: Farm = { nextCheckAt: null, notBefore: null, phaseMs: START + dice() * 1000, listSeen: -1, known: 0 };
    let at = farm.phaseMs;
    while (at < START + DAYS * DAY_MS) {
      const now = new Date(at);
      if (mayAsk(farm, { force: false, checkHours: CHECK_HOURS }, now).kind === "ask") {
        ask(farm, at, figures);
        farm.nextCheckAt = nextCheckAt(now, CHECK_HOURS, dice()).toISOString();
      }
      // What lies between is no look that could ask: it is left out, and the time with it.
      at = nextLook(farm, Math.max(at, Date.parse(farm.nextCheckAt ?? now.toISOString()) - TICK_MS), dice);
    }
  }
  return figures;
}

test("1,000 farms that were all installed in one second ask one feed for a month: seldom, mostly for nothing new, and not in step", () => {
  const { lists, unchanged, documents, archives, perMinute } = simulate();
  const perFarmAndDay = lists / FARMS / DAYS;
  const busiest = (from: number) => Math.max(...[...perMinute].map(([minute, asks]) => (minute * MINUTE_MS >= from ? asks : 0)));
  const figures = {
    listsPerFarmAndDay: Number(perFarmAndDay.toFixed(2)),
    requestsPerFarmAndDay: Number(((lists + documents + archives) / FARMS / DAYS).toFixed(2)),
    unchangedShare: Number((unchanged / lists).toFixed(3)),
    busiestMinuteAfterADay: busiest(START + DAY_MS),
    busiestMinuteAfterAWeek: busiest(START + 7 * DAY_MS),
    busiestMinuteAfterTheSilence: busiest(SILENT.to),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  expect(figures.listsPerFarmAndDay).toBeGreaterThan(3.5);
  expect(figures.listsPerFarmAndDay).toBeLessThan(4);
  expect(figures.unchangedShare).toBeGreaterThan(0.9);
  // If all were in step, it would be 1,000; spread evenly, between two and three.
  expect(figures.busiestMinuteAfterADay).toBeLessThan(60);
  expect(figures.busiestMinuteAfterAWeek).toBeLessThan(30);
  expect(figures.busiestMinuteAfterTheSilence).toBeLessThan(30);
});

/** The same numbers in [0, 1) every time (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
