import { expect, test } from "vitest";
import type { AutomaticDecision, AutomaticView } from "../../../../server/updates/automatic-contract.ts";
import { automaticSettingsInputSchema } from "../../../../server/updates/automatic-contract.ts";
import { issuesByPath, issueWords } from "../../../_client/issue-words.ts";
import { nextSentences, readValues, settingsSentence, valuesOf } from "./automatic-view.ts";

const settings = { enabled: true, from: "02:00", to: "05:00", timeZone: "Europe/Berlin", minAgeDays: 7, quietMinutes: 15 };
const window = { start: "2026-11-28T01:00:00.000Z", end: "2026-11-28T04:00:00.000Z" };
const planned = "Version 1.2.0 will be installed in the night to Saturday, 28 November, between 02:00 and 05:00.";
const of = (decision: AutomaticDecision): AutomaticView => ({ settings, decision, notBefore: null });
const announced = { kind: "announced", version: "1.2.0", window } as const;

test.each<[AutomaticDecision, string[]]>([
  [{ kind: "off" }, []],
  [
    { kind: "nothing", why: { code: "too-young", version: "1.2.0", days: 3, minAgeDays: 7 } },
    ["Nothing is planned: 1.2.0 is 3 days old, and you wait for 7."],
  ],
  [{ kind: "nothing", why: { code: "newest" } }, ["Nothing is planned: there is no newer version."]],
  [{ ...announced, obstacle: null }, [planned]],
  [
    { ...announced, obstacle: { code: "backup", concern: "overdue" } },
    [planned, "It waits: backups are overdue. See Settings → Backups."],
  ],
  [
    { ...announced, kind: "waiting", obstacle: { code: "saving", at: window.start } },
    [planned, "It waits until nobody has saved anything for 15 minutes."],
  ],
  [{ kind: "start", version: "1.2.0", window }, [planned, "It begins in a moment."]],
])("what comes next: %j", (decision, sentences) => {
  expect(nextSentences(of(decision), true)).toEqual(sentences);
});

test("where FilaOps does not look for new versions, that is what is in the way", () => {
  const [sentence] = nextSentences(of({ kind: "nothing", why: { code: "feed" } }), false);
  expect(sentence).toContain("does not look for new versions by itself");
});

test("how it is set, and numbers as they are typed", () => {
  expect(settingsSentence(settings)).toContain("between 02:00 and 05:00 (Europe/Berlin), when a version is 7 days old");
  expect(settingsSentence({ ...settings, enabled: false })).toContain("installs nothing by itself");
  expect(readValues(valuesOf(settings))).toEqual(settings);
  expect(readValues({ ...valuesOf(settings), minAgeDays: " " })).toMatchObject({ minAgeDays: undefined });
});

test.each([
  [{ minAgeDays: "2" }, { minAgeDays: "Please enter a whole number from 3 to 60." }],
  [{ quietMinutes: "241" }, { quietMinutes: "Please enter a whole number from 5 to 240." }],
  [{ minAgeDays: "" }, { minAgeDays: "Please enter a whole number from 3 to 60." }],
  [{ to: "02:29" }, { to: "Half an hour later at least." }],
])("what is wrong with %j is said", (typed, words) => {
  const wish = readValues({ ...valuesOf(settings), ...typed });
  const { error } = automaticSettingsInputSchema.safeParse(wish, { error: issueWords });
  expect(error && issuesByPath(error)).toEqual(words);
});
