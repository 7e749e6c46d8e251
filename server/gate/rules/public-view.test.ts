import { expect, it } from "vitest";
import { publicStatusSchema } from "../../updates/contract.ts";
import { status } from "../testing/status.ts";
import { isSilent, publicView } from "./public-view.ts";

it("shows steps and percent, and nothing of who, what and why", () => {
  const shown = publicView(status({ percent: 42 }));
  expect(shown).toEqual({
    run: "01JD8Z0000000000000000000A",
    kind: "update",
    undoes: null,
    endsSessions: false,
    chain: null,
    to: "1.1.0",
    outcome: null,
    updatedAt: "2026-11-23T12:00:00.000Z",
    percent: 42,
    people: "read",
    goingBack: false,
    leaseSeconds: 60,
    steps: [
      { name: "backup", title: "Backing up your data", state: "done" },
      { name: "copy", title: "Copying the database", state: "running" },
      { name: "migrate", title: "Preparing your data for 1.1.0", state: "todo" },
    ],
  });
  expect(publicStatusSchema.parse(shown)).toEqual(shown);
  expect(JSON.stringify(shown)).not.toMatch(/Ann|secret|rows|409/);
});

it.each([
  ["within its lease", 60_000, null, false],
  ["past its lease", 60_001, null, true],
  ["ended", 60_001, "complete", false],
] as const)("a run %s", (_name, ms, outcome, silent) => {
  const shown = publicView(status({ outcome }));
  expect(isSilent(shown, new Date(Date.parse(shown.updatedAt) + ms))).toBe(silent);
});
