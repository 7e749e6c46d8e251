import { describe, expect, it } from "vitest";
import type { ListedBackup } from "../../../../server/backups/contract.ts";
import type { OffsiteCopy, Storage } from "../../../../server/offsite/contract.ts";
import type { Status, StepStatus } from "../../../../server/updates/contract.ts";
import { status } from "../../../_update/fixtures.ts";
import { countWords, jobView, lackingWords, lastCopiedAt, newestCopy, storageWords, testWords } from "./copies-view.ts";

const BUCKET: Storage = {
  kind: "s3",
  endpoint: "https://s3.example.com",
  region: "eu-1",
  bucket: "farm-copies",
  prefix: "filaops",
  accessKeyId: "KEY",
  forcePathStyle: true,
};
const ids = ["01JZ0000000000000000000001", "01JZ0000000000000000000002", "01JZ0000000000000000000003"] as const;

function copy(id: string, state: OffsiteCopy["state"] = "whole", createdAt = "2026-11-23T03:00:00.000Z"): OffsiteCopy {
  const label = { v: 1, id, kind: "scheduled", createdAt, version: "1.0.0", bytes: 2e6, sha256: "a".repeat(64) } as const;
  return { id, state, bytes: 2e6, label: state === "unlabelled" ? null : label };
}

function backup(id: string, over: Partial<ListedBackup & { goesNext: boolean }> = {}): ListedBackup & { goesNext: boolean } {
  const plain = { backup: null, keep: false, verifiedAt: null, drilled: null, copied: null, problem: null };
  return { id, state: "verified", goesNext: false, ...plain, ...over };
}

describe("the storage in words", () => {
  it("names bucket and folder, or the folder on this computer", () => {
    expect(storageWords(BUCKET)).toBe("the bucket farm-copies, folder filaops, at s3.example.com");
    expect(storageWords({ ...BUCKET, prefix: "" })).toBe("the bucket farm-copies at s3.example.com");
    expect(storageWords({ kind: "folder", path: "/mnt/nas" })).toBe("the folder /mnt/nas");
  });

  it("tells what a test did, and of a clock that goes wrong", () => {
    const plain = { bytes: 104, milliseconds: 340, clockAheadSeconds: 0 };
    const folder: Storage = { kind: "folder", path: "/mnt/nas" };
    const words = "FilaOps wrote 104 bytes to the folder /mnt/nas, read them back and deleted them again, in 0.3 s.";
    expect(testWords(plain, folder)).toBe(words);
    expect(testWords({ ...plain, clockAheadSeconds: -1000 }, folder)).toContain("is 1,000 seconds behind this computer’s");
  });
});

describe("what lies there", () => {
  it("counts and finds the newest that is complete", () => {
    const copies = [copy(ids[2], "unlabelled"), copy(ids[1], "whole", "2026-11-24T03:00:00.000Z"), copy(ids[0])];
    expect(countWords(copies)).toBe("3 copies, 6.0 MB");
    expect(newestCopy(copies)).toEqual({ madeAt: "2026-11-24T03:00:00.000Z" });
    expect(newestCopy([copy(ids[0], "missing")])).toBeNull();
  });

  it("says which backups lie only here, but for those that go and those that are no good", () => {
    const here = [backup(ids[0]), backup(ids[1]), backup(ids[2], { goesNext: true })];
    expect(lackingWords(here, [])).toBe("2 backups lie only on this computer.");
    expect(lackingWords(here, [copy(ids[0])])).toBe("1 backup lies only on this computer.");
    expect(lackingWords(here, [copy(ids[0]), copy(ids[1], "missing")])).toBe("1 backup lies only on this computer.");
    expect(lackingWords(here, [copy(ids[0]), copy(ids[1])])).toBeNull();
    expect(lackingWords([backup(ids[0], { state: "damaged" })], [])).toContain("no backup here yet");
  });

  it("knows when something was last copied", () => {
    const copied = (at: string) => ({ copied: { at, where: "there" } });
    const [early, late] = ["2026-11-23T03:00:00.000Z", "2026-11-24T03:00:00.000Z"];
    expect(lastCopiedAt([backup(ids[0], copied(late)), backup(ids[1], copied(early)), backup(ids[2])])).toBe(late);
    expect(lastCopiedAt([backup(ids[0])])).toBeNull();
  });
});

describe("the last job", () => {
  const step: StepStatus = {
    name: "copy-out",
    title: "Copying",
    state: "done",
    ms: 1,
    progress: null,
    detail: "2 backups copied",
  };
  const job = (over: Partial<Status>, of: Partial<StepStatus> = {}) =>
    status({ kind: "offsite", steps: [{ ...step, ...of }], ...over });

  it("shows how far a copying is", () => {
    const progress = { done: 41e6, total: 85e6, unit: "bytes" } as const;
    expect(jobView(job({ percent: 48 }, { state: "running", progress }))).toMatchObject({
      kind: "copying",
      percent: 48,
      sentence: "Copying: 41 of 85 MB.",
    });
  });

  it.each([
    ["2 backups copied", "2 backups were copied."],
    ["1 backup copied", "1 backup was copied."],
    ["0 backups copied", "There was nothing to copy."],
    [null, "The copying is done."],
  ])("tells how one ended: %s", (detail, title) => {
    expect(jobView(job({ outcome: "complete" }, { detail }))).toMatchObject({ kind: "ended", tone: "good", title });
  });

  it("hands on what went wrong", () => {
    const problem = { code: "offsite-denied", happened: "It refuses.", meaning: "Nothing was copied.", todo: "Look." };
    expect(jobView(job({ outcome: "failed", problem }))).toMatchObject({
      kind: "ended",
      tone: "danger",
      title: "It refuses.",
      problem,
    });
    expect(jobView(job({ outcome: "cancelled" }))).toMatchObject({ kind: "ended", problem: null });
  });

  it("waits for other jobs and is silent about those that ended", () => {
    expect(jobView(null)).toEqual({ kind: "none" });
    expect(jobView(status({ kind: "backup" }))).toEqual({
      kind: "busy",
      sentence: "A backup is being made just now. It is copied as soon as it is there.",
    });
    expect(jobView(status({ kind: "backup", outcome: "complete" }))).toEqual({ kind: "none" });
  });
});
