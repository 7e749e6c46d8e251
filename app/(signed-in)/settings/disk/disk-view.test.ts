import { expect, test } from "vitest";
import type { DiskUse } from "../../../../server/updates/disk-contract.ts";
import { diskRows, takenBytes } from "./disk-view.ts";

const at = "2026-11-20T10:00:00.000Z";
const use: DiskUse = {
  ...{ measuredAt: at, freeBytes: 9e9, databaseFreeBytes: null },
  database: { bytes: 500 },
  keptDatabases: [
    { bytes: 400, role: "way-back", version: "1.0.0", replacedAt: at, until: "2026-11-27T10:00:00.000Z" },
    { bytes: 300, role: "put-aside", version: null, replacedAt: at, until: "2026-11-27T10:00:00.000Z" },
  ],
  backups: { bytes: 900, count: 3, removable: 2, goNext: 1 },
  files: { bytes: 100, count: 2 },
  releases: [{ version: "1.1.0", bytes: 200, role: "installed" }],
  copies: { bytes: 0 },
  exports: { bytes: 70 },
  imports: { bytes: 0 },
  bundles: { bytes: 0, count: 0 },
  records: { bytes: 50 },
};

test("the largest comes first, what takes nothing is not there, and the sum is that of what is shown", () => {
  expect(diskRows(use).map(({ what, bytes }) => [what, bytes])).toEqual([
    ["3 backups", 900],
    ["Your data", 500],
    ["Your data as it was with FilaOps 1.0.0", 400],
    ["Data that was put aside", 300],
    ["FilaOps 1.1.0", 200],
    ["2 uploaded files", 100],
    ["Exports", 70],
    ["Logs and records", 50],
  ]);
  expect(takenBytes(use)).toBe(2520);
});

test.each([
  [{ removable: 2, goNext: 1 }, "Go by your rules; 2 may be removed by hand. 1 backup will go with the next one."],
  [{ removable: 3, goNext: 0 }, "Go by your rules; all may be removed by hand."],
  [{ removable: 0, goNext: 0 }, "None can be removed now."],
])("what of the backups may go: %o", (some, words) => {
  const rows = diskRows({ ...use, backups: { ...use.backups, ...some } });
  expect(rows.find(({ key }) => key === "backups")?.fate.text).toBe(words);
});
