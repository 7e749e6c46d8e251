import fc from "fast-check";
import { expect, test } from "vitest";
import type { Candidate, Policy } from "./retention.ts";
import { retention } from "./retention.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const candidate = fc.record({
  id: fc.stringMatching(/^[0-9A-H]{6}$/),
  createdAt: fc.integer({ min: 0, max: 400 * 24 }).map((hours) => new Date(START + hours * 3_600_000).toISOString()),
  good: fc.boolean(),
  keep: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});
const backups = fc.uniqueArray(candidate, { selector: ({ id }) => id, maxLength: 60 });
const few = fc.integer({ min: 0, max: 8 });
const policy = fc.record({
  last: fc.integer({ min: 1, max: 8 }),
  daily: few,
  weekly: few,
  monthly: few,
  minimum: fc.integer({ min: 1, max: 12 }),
  timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland"),
});

test("what goes is good, unmarked, not needed and not among the newest; enough stays; doing it again removes nothing more", () => {
  fc.assert(
    fc.property(backups, policy, fc.nat(), (all, rules, pick) => {
      const referred = all.length === 0 ? [] : [all[pick % all.length]!.id];
      const wanted: Policy = { ...rules, referred };
      const { stay, go } = retention(all, wanted);
      const good = all.filter((backup) => backup.good);
      const left = good.filter(({ id }) => !go.includes(id));
      expect([...stay.keys()].toSorted()).toEqual(left.map(({ id }) => id).toSorted());
      for (const id of go) {
        const gone = good.find((backup) => backup.id === id)!;
        expect(gone.keep).toBe(false);
        expect(referred).not.toContain(id);
        expect(left.filter((other) => isNewer(other, gone)).length).toBeGreaterThanOrEqual(rules.last);
      }
      expect(left.length).toBeGreaterThanOrEqual(Math.min(good.length, rules.minimum));
      const newest = good.toSorted((a, b) => (isNewer(a, b) ? -1 : 1))[0];
      if (newest !== undefined) expect(stay.has(newest.id)).toBe(true);
      expect(
        retention(
          all.filter(({ id }) => !go.includes(id)),
          wanted,
        ).go,
      ).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test("milder rules never remove more", () => {
  fc.assert(
    fc.property(backups, policy, fc.constantFrom("last", "daily", "weekly", "monthly", "minimum"), (all, rules, milder) => {
      const strict = retention(all, { ...rules, referred: [] }).go;
      const mild = retention(all, { ...rules, [milder]: rules[milder as "last"] + 3, referred: [] }).go;
      expect(strict).toEqual(expect.arrayContaining(mild));
    }),
    { numRuns: 500 },
  );
});

function isNewer(a: Candidate, b: Candidate): boolean {
  return a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt;
}

test("a year of nights leaves the last, one a day, one a week and one a month, each with its reason", () => {
  const nights = Array.from({ length: 365 }, (_, n) => ({
    id: String(n).padStart(4, "0"),
    createdAt: new Date(START + n * DAY_MS + 2 * 3_600_000).toISOString(),
    good: true,
    keep: n === 7,
  }));
  const rules = { last: 2, daily: 7, weekly: 4, monthly: 6, minimum: 3, timeZone: "UTC", referred: ["0100"] };
  const { stay } = retention(nights, rules);
  const days = [...stay].map(([id, reason]) => `${nights[Number(id)]!.createdAt.slice(0, 10)} ${reason}`);
  expect(days.toSorted().toReversed()).toEqual([
    "2026-12-31 newest",
    "2026-12-30 last",
    "2026-12-29 daily",
    "2026-12-28 daily",
    "2026-12-27 daily",
    "2026-12-26 daily",
    "2026-12-25 daily",
    "2026-12-20 weekly",
    "2026-12-13 weekly",
    "2026-11-30 monthly",
    "2026-10-31 monthly",
    "2026-09-30 monthly",
    "2026-08-31 monthly",
    "2026-07-31 monthly",
    "2026-04-11 needed",
    "2026-01-08 marked",
  ]);
});
