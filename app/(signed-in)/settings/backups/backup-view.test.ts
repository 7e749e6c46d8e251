import { decodeTime } from "ulid";
import { describe, expect, it } from "vitest";
import type { BackupRow } from "./backup-view.ts";
import {
  fateWords,
  headline,
  kindWords,
  madeAt,
  nextGood,
  previewSentence,
  proofSentence,
  stateWords,
  whenWords,
} from "./backup-view.ts";

const NOW = Date.parse("2026-11-24T08:00:00.000Z");
const MADE = "2026-11-24T02:00:00.000Z";
const ID = "01KAT5Y3G00000000000000000";

function row(over: Partial<BackupRow> = {}): BackupRow {
  const id = over.id ?? ID;
  const described = {
    kind: "scheduled" as const,
    createdAt: MADE,
    run: null,
    version: "1.0.0",
    schemaHead: "x",
    bytes: 1,
    note: "",
    lacking: [],
  };
  return {
    id,
    state: "verified",
    backup: { id, ...described },
    keep: false,
    verifiedAt: MADE,
    drilled: null,
    copied: null,
    problem: null,
    stays: "newest",
    goesNext: false,
    needed: false,
    ...over,
  };
}
const lost = { state: "damaged", backup: null, stays: null } as const;
const drilled = { at: "2026-11-22T02:00:00.000Z", seconds: 4 };

describe("the only question: is there a good backup, and was it proved", () => {
  it.each([
    ["none at all", [], "There is no backup yet."],
    ["no good one", [row(lost)], "There is no good backup."],
    ["a good one", [row()], "Your last good backup was made 6 hours ago."],
    [
      "a good one behind a damaged one",
      [row({ ...lost, id: "01KZ0000000000000000000000" }), row()],
      "Your last good backup was made 6 hours ago.",
    ],
    ["a proved one", [row({ drilled })], "Your last good backup was made 6 hours ago, and was restored on trial 2 days ago."],
  ])("%s", (_, rows, words) => {
    expect(headline(rows, NOW)).toBe(words);
  });

  it("what was proved is said when the newest was not", () => {
    const older = { ...row({ id: "01KA0000000000000000000000", drilled }) };
    expect(proofSentence([row(), older], NOW)).toBe("The last trial was 2 days ago, with the backup made 6 hours ago.");
    expect(proofSentence([row()], NOW)).toMatch(/^None was restored on trial yet\./);
    expect(proofSentence([row({ drilled })], NOW)).toBeNull();
    expect(proofSentence([], NOW)).toBeNull();
  });
});

describe("one backup", () => {
  it.each([
    ["manual", "By hand"],
    ["pre_update", "Before an update"],
    ["scheduled", "Nightly"],
    ["safety", "Before a restore"],
  ] as const)("of kind %s is called %s", (kind, words) => {
    expect(kindWords({ backup: { ...row().backup!, kind } })).toBe(words);
  });
  it("whose description cannot be read has no kind, but tells by its name when it was made", () => {
    expect(kindWords(row(lost))).toBe("–");
    expect(madeAt({ id: "01KAT8Q300FFFFFFFFFFFFFFFF", backup: null })).toBe(
      new Date(decodeTime("01KAT8Q300FFFFFFFFFFFFFFFF")).toISOString(),
    );
  });
  it.each([
    ["verified", "Checked", "good"],
    ["whole", "Not checked yet", "neutral"],
    ["damaged", "Damaged", "danger"],
    ["foreign", "From another FilaOps", "warn"],
    ["missing", "Missing", "danger"],
  ] as const)("that is %s reads %s", (state, text, tone) => {
    expect(stateWords(state)).toEqual({ text, tone });
  });
  it.each([
    [{ stays: "marked" }, "Kept, because you said so"],
    [{ stays: "needed" }, "Stays as long as an update, a restore or a fresh start can be undone with it"],
    [{ stays: "weekly" }, "Stays: the newest of its week"],
    [{ stays: "minimum" }, "Stays, so that there are enough"],
    [{ stays: null, goesNext: true }, "Goes when the next backup is made"],
    [{ stays: null, state: "foreign" }, "Stays until somebody removes it"],
    [{ stays: null, state: "missing" }, "Its folder is gone"],
  ] as const)("%o: %s", (over, words) => {
    expect(fateWords(row(over))).toBe(words);
  });
});

it("says when, near and far, and in UTC while the reader's clock is not known", () => {
  expect(whenWords(MADE, NOW)).toBe("6 hours ago");
  expect(whenWords("2026-10-01T02:00:00.000Z", NOW)).toMatch(/^on \d+ (September|October) 2026, \d\d:\d\d$/);
  expect(whenWords(MADE, null)).toBe("on 2026-11-24 02:00 UTC");
});

it("offers the nearest good one before the one that cannot be had, else the nearest after it", () => {
  const ids = ["01KD0000000000000000000000", "01KC0000000000000000000000", "01KB0000000000000000000000"] as const;
  const rows = [row({ id: ids[0] }), row({ ...lost, id: ids[1] }), row({ id: ids[2] })];
  expect(nextGood(rows, ids[1])?.id).toBe(ids[2]);
  expect(nextGood(rows.slice(0, 2), ids[1])?.id).toBe(ids[0]);
  expect(nextGood(rows.slice(1, 2), ids[1])).toBeNull();
});

it("says before saving what new rules would remove", () => {
  expect(previewSentence(0)).toBe("No backup would be removed by this.");
  expect(previewSentence(1)).toBe("With the next backup, 1 backup would be removed for good:");
});
