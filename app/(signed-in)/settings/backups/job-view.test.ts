import { describe, expect, it } from "vitest";
import type { Status } from "../../../../server/updates/contract.ts";
import { status } from "../../../_update/fixtures.ts";
import { isNews, jobEnd, jobProgress } from "./job-view.ts";

const about = { id: "01KAT5Y3G00000000000000000", createdAt: "2026-11-24T02:00:00.000Z" };
const problem = { code: "x", happened: "It is torn.", meaning: "It cannot be relied on.", todo: "Use another." };
const step = (progress: Status["steps"][number]["progress"], state: "running" | "undoing" = "running"): Status["steps"] => [
  { name: "read-through", title: "Reading the backup through", state, ms: null, progress, detail: null },
];

describe("a job under way", () => {
  it("says how many bytes of how many, and its bar is no longer than that", () => {
    const steps = step({ done: 41e6, total: 85e6, unit: "bytes" });
    expect(jobProgress(status({ kind: "verify", about, steps }), "UTC")).toEqual({
      title: "Checking the backup of 24 November 2026, 02:00 UTC",
      sentence: "Reading the backup through: 41 of 85 MB.",
      step: "Reading the backup through",
      percent: 48,
    });
  });
  it("has no bar where nobody knows the whole", () => {
    const steps = step({ done: 41e6, total: null, unit: "bytes" });
    expect(jobProgress(status({ kind: "backup", steps }))).toMatchObject({
      title: "Making a backup",
      sentence: "Reading the backup through: 41 MB so far.",
      percent: null,
    });
  });
  it("says when it gets ready, and when it is taken back", () => {
    expect(jobProgress(status({ kind: "drill", about, steps: [] }), "UTC")).toMatchObject({
      title: "Restoring the backup of 24 November 2026, 02:00 UTC on trial",
      sentence: "Getting ready.",
    });
    expect(jobProgress(status({ kind: "backup", steps: step(null, "undoing") })).sentence).toBe(
      "Taking back: Reading the backup through.",
    );
  });
});

describe("a job that ended", () => {
  it.each([
    ["backup", "complete", "good", "The backup is made and checked."],
    ["backup", "failed", "warn", "The backup did not work out."],
    ["backup", "cancelled", "neutral", "Cancelled: making a backup."],
    ["verify", "complete", "good", "The backup of 24 November 2026, 02:00 UTC is whole."],
    ["verify", "failed", "danger", "The backup of 24 November 2026, 02:00 UTC is not as it should be."],
    ["drill", "complete", "good", "The backup of 24 November 2026, 02:00 UTC can be restored."],
    ["drill", "failed", "danger", "The trial of the backup of 24 November 2026, 02:00 UTC did not work out."],
    ["drill", "needs_attention", "danger", "FilaOps needs a person."],
  ] as const)("%s, %s", (kind, outcome, tone, title) => {
    const end = jobEnd(status({ kind, about, outcome, problem: outcome === "complete" ? null : problem }), "UTC");
    expect(end).toMatchObject({ tone, title });
    if (outcome === "failed") expect(end?.sentences).toEqual([problem.happened, problem.meaning, problem.todo]);
  });
  it("a backup says its size, and what went for it", () => {
    const done = { state: "done", ms: 1, progress: null } as const;
    const steps: Status["steps"] = [
      { name: "backup", title: "Backing up your data", detail: "85000000 bytes", ...done },
      { name: "retain", title: "Removing old backups", detail: "2 old backups removed", ...done },
    ];
    expect(jobEnd(status({ kind: "backup", outcome: "complete", steps }))?.sentences).toEqual([
      "It has 85 MB, and every byte of it was read back.",
      "2 old backups removed, as your rules say.",
    ]);
  });
});

describe("news", () => {
  const at = "2026-11-24T02:00:00.000Z";
  const system = { kind: "system" } as const;
  it.each([
    ["what goes on is not", { outcome: null }, 1, false],
    ["what a person asked for is, for ten minutes", { outcome: "complete", finishedAt: at }, 9, true],
    ["and not longer", { outcome: "complete", finishedAt: at }, 11, false],
    ["what the schedule did well is not", { outcome: "complete", finishedAt: at, startedBy: system }, 1, false],
    ["what went wrong is, however old", { outcome: "failed", finishedAt: at, startedBy: system }, 9999, true],
  ] as const)("%s", (_, over, minutes, news) => {
    expect(isNews(status({ kind: "backup", ...over }), Date.parse(at) + minutes * 60_000)).toBe(news);
  });
});
