import fc from "fast-check";
import { expect, test } from "vitest";
import { retention } from "./retention.ts";

const backups = fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[0-9A-H]{4}$/), good: fc.boolean() }), {
  selector: ({ id }) => id,
});
const policy = fc.record({ keep: fc.integer({ min: -2, max: 8 }), referred: fc.array(fc.stringMatching(/^[0-9A-H]{4}$/)) });

test("what goes is good, old, and nobody refers to it; enough stays; doing it again removes nothing more", () => {
  fc.assert(
    fc.property(backups, policy, fc.nat(), (all, { keep, referred }, pick) => {
      const some = all.length === 0 ? [] : [all[pick % all.length]!.id];
      const rule = { keep, referred: [...referred, ...some] };
      const doomed = retention(all, rule);
      const good = all.filter((backup) => backup.good).map(({ id }) => id);
      const left = good.filter((id) => !doomed.includes(id));
      for (const id of doomed) {
        expect(good).toContain(id);
        expect(rule.referred).not.toContain(id);
        expect(left.filter((other) => other > id).length).toBeGreaterThanOrEqual(Math.max(1, keep));
      }
      expect(left.length).toBeGreaterThanOrEqual(Math.min(good.length, Math.max(1, keep)));
      expect(left).toEqual(expect.arrayContaining(good.toSorted().slice(-1)));
      expect(
        retention(
          all.filter(({ id }) => !doomed.includes(id)),
          rule,
        ),
      ).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test("the newest are kept, the oldest go first", () => {
  const all = ["A", "B", "C", "D", "E"].map((id) => ({ id, good: id !== "E" }));
  expect(retention(all, { keep: 2, referred: ["A"] })).toEqual(["B"]);
  expect(retention(all, { keep: 0, referred: [] })).toEqual(["C", "B", "A"]);
});
