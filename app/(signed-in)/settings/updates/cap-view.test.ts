import { expect, test } from "vitest";
import { capWishSchema } from "../../../../server/nag/contract.ts";
import { CAP_CHOICES, capWords, dayOf, endOfDay } from "./cap-view.ts";

test("a day ends where it ends for the reader, and is the same day when it is read again", () => {
  for (const day of ["2027-01-31", "2027-03-28", "2028-02-29"]) expect(dayOf(new Date(endOfDay(day)))).toBe(day);
});

test("what names no day is left for the schema to refuse, in words", () => {
  const wish = (day: string) => capWishSchema.safeParse({ level: "subtle", reason: "The season.", until: endOfDay(day) });
  expect(wish("").error?.issues[0]?.message).toBe("Please choose a day.");
  expect(wish("2027-01-31").success).toBe(true);
});

test("every level that can be chosen has words for when it holds", () => {
  for (const { level } of CAP_CHOICES) expect(capWords(level)).not.toBe("");
  expect(CAP_CHOICES.map(({ level }) => level).toSorted()).toEqual(["none", "subtle", "urgent", "warning"]);
});
