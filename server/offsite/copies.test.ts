import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sumFiles } from "../backups/checksums.ts";
import { tarHeader } from "../platform/tar.ts";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import { exists, remove } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { homePaths } from "../platform/home.ts";
import { run } from "../platform/process.ts";
import { createIdentity, encrypted } from "./age.ts";
import type { CopyOptions } from "./copies.ts";
import { copyOut, deleteCopy, fetchBack, giveUpCopy, listCopies, retain, sendTest } from "./copies.ts";
import { folderStore } from "./folder-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { s3Store } from "./s3/s3-store.ts";
import { bufferSource } from "./sources.ts";
import { listStaged, requireSpace } from "./staging.ts";
import type { Fault } from "./testing/fake-s3.ts";
import { FakeS3 } from "./testing/fake-s3.ts";

const ID = "01K0000000000000000000000A";
const OTHER = "01K0000000000000000000000B";
const PART = 64 * 1024;
const set = { id: ID, kind: "scheduled", createdAt: "2026-11-26T03:00:00.000Z", version: "1.2.0" } as const;
const clock: Clock = { ...systemClock, sleep: (_ms, signal) => Promise.resolve().then(() => signal?.throwIfAborted()) };

let home: string;
let paths: HomePaths;
let keys: { identity: string; recipient: string };
let fake: FakeS3;
let store: ObjectStore;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "filaops-copies-"));
  paths = homePaths(home);
  keys = await createIdentity();
  fake = await FakeS3.start();
  store = s3Store({ storage: fake.storage, secret: fake.secret, clock, partBytes: PART });
  await makeSet(ID);
});
afterEach(async () => {
  await fake.close();
  await remove(home);
});

async function makeSet(id: string): Promise<void> {
  const folder = paths.backup(id);
  await mkdir(join(folder, "database"), { recursive: true });
  await writeFile(join(folder, "manifest.json"), `{"id":"${id}","books":"of Ada's print farm"}\n`);
  await writeFile(join(folder, "database", "toc.dat"), randomBytes(250_000));
  await mkdir(join(folder, "files"));
  await writeFile(join(folder, "files", "a".repeat(64)), "picture");
}

const out = (options?: CopyOptions, recipient = keys.recipient) => copyOut({ paths, store, recipient }, set, options);
const back = (more: Partial<Parameters<typeof fetchBack>[1]> = {}, options?: CopyOptions) =>
  fetchBack({ paths, store }, { id: ID, identity: keys.identity, ...more }, options);
const staged = async () => ((await exists(paths.offsite)) ? readdir(paths.offsite) : []);
const failing = (op: string, fault: Fault) => {
  fake.fault = (seen) => (`${seen.op} ${seen.part} ${seen.key}`.includes(op) ? fault : null);
};
const objectKey = `filaops/one/${ID}.tar.age`;

describe("a copy", () => {
  test("comes back as it was, its label says nothing about the business, and nothing stays here", async () => {
    const told: string[] = [];
    const label = await out({ onProgress: ({ stage, bytes, total }) => told.push(bytes === total ? `${stage} all` : stage) });
    const kept = JSON.parse(fake.objects.get(`filaops/one/${ID}.json`)!.body.toString()) as object;
    expect(kept).toEqual({ v: 1, ...set, bytes: label.bytes, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect([...fake.objects.keys()]).toEqual([objectKey, `filaops/one/${ID}.json`]);
    expect([...fake.objects.values()].some(({ body }) => body.includes("Ada"))).toBe(false);
    expect([...new Set(told)]).toEqual(["encrypting", "encrypting all", "uploading", "uploading all"]);
    expect(await staged()).toEqual([]);
    expect(await listCopies(store)).toEqual([{ id: ID, state: "whole", bytes: label.bytes, label }]);
    const fetched: number[] = [];
    const unpacked = await back({}, { onProgress: ({ bytes }) => fetched.push(bytes) });
    expect(unpacked).toMatchObject({ folder: `${paths.backup(ID)}.partial`, files: 3 });
    expect(fetched.at(-1)).toBe(label.bytes);
    expect(await sumFiles(unpacked.folder)).toEqual(await sumFiles(paths.backup(ID)));
  });

  test("is got back without FilaOps, by age and tar", async () => {
    await out();
    await writeFile(join(home, "copy"), fake.objects.get(objectKey)!.body);
    await writeFile(join(home, "key"), keys.identity, { mode: 0o600 });
    await run("age", ["--decrypt", "--identity", join(home, "key"), "--output", join(home, "copy.tar"), join(home, "copy")]);
    await run("tar", ["--extract", "--file", join(home, "copy.tar"), "--directory", home]);
    expect(await sumFiles(join(home, ID))).toEqual(await sumFiles(paths.backup(ID)));
  });

  test("goes into a mounted folder as well, and one that is not mounted is not written to", async () => {
    const folder = join(home, "mounted");
    store = folderStore(folder);
    await expect(sendTest(store, clock)).rejects.toThrow(`The folder ${folder} cannot be used: it is not there`);
    await mkdir(folder);
    await expect(out()).rejects.toThrow("the disk is probably not mounted");
    await sendTest(store, clock);
    await out();
    expect((await readdir(folder)).toSorted()).toEqual([`${ID}.json`, `${ID}.tar.age`, "FilaOps-copies.txt"]);
    const { folder: unpacked } = await back();
    expect(await sumFiles(unpacked)).toEqual(await sumFiles(paths.backup(ID)));
  });

  test("that lies there whole is not made again; what was staged for it goes", async () => {
    const label = await out();
    await writeFile(paths.offsiteStaged(ID), "left by a crash");
    fake.asked.length = 0;
    expect(await out()).toEqual(label);
    expect(fake.asked.filter((op) => /Put|Upload/.test(op))).toEqual([]);
    expect(await staged()).toEqual([]);
  });
});

describe("a copying that breaks off", () => {
  const down: Fault = { kind: "status", status: 503, code: "SlowDown" };

  test.each([
    ["in the object", "UploadPart 3", ["UploadPart 3", "UploadPart 4"]],
    ["at its end", "CompleteMultipart", []],
    ["at the label", `PutObject 0 filaops/one/${ID}.json`, ["UploadPart 1", "UploadPart 2", "UploadPart 3", "UploadPart 4"]],
  ])("since the storage is down %s is gone on with", async (_where, op, sent) => {
    failing(op, down);
    await expect(out()).rejects.toMatchObject({ code: "offsite-unreachable" });
    expect([await listStaged(paths), (await staged()).length]).toEqual([[ID], 2]);
    fake.fault = () => null;
    fake.asked.length = 0;
    const label = await out();
    expect(fake.asked.filter((asked) => asked.startsWith("UploadPart"))).toEqual(sent);
    expect([label.sha256, await staged(), fake.uploads.size]).toEqual([fake.objects.get(objectKey)?.sha256, [], 0]);
    await back();
  });

  test.each<[string, () => Promise<void>]>([
    ["cut", () => truncate(paths.offsiteStaged(ID), 1000)],
    [
      "of other bytes",
      async () => {
        const file = await readFile(paths.offsiteStaged(ID));
        await writeFile(paths.offsiteStaged(ID), file.fill(1, 500, 501));
      },
    ],
    ["gone", () => remove(paths.offsiteStaged(ID))],
    ["without its description", () => remove(paths.offsiteLabel(ID))],
    [
      "half written",
      async () => {
        await remove(paths.offsiteLabel(ID));
        await writeFile(`${paths.offsiteStaged(ID)}.part`, "half");
      },
    ],
    [
      "for another key",
      async () => {
        keys = await createIdentity();
      },
    ],
  ])("is begun anew when what is staged is %s", async (_what, spoil) => {
    failing("UploadPart 3", down);
    await expect(out()).rejects.toMatchObject({ code: "offsite-unreachable" });
    await spoil();
    fake.fault = () => null;
    await out();
    expect([await staged(), fake.uploads.size]).toEqual([[], 0]);
    const { folder } = await back();
    expect(await sumFiles(folder)).toEqual(await sumFiles(paths.backup(ID)));
  });

  test.each([
    ["while it is encrypted", (told: string) => told.startsWith("encrypting")],
    ["while it is sent", (told: string) => told === `uploading ${2 * PART}`],
  ])("by a person %s leaves nothing here or there", async (_when, isMoment) => {
    const cancel = new AbortController();
    const onProgress: CopyOptions["onProgress"] = ({ stage, bytes }) => {
      if (isMoment(`${stage} ${bytes}`)) cancel.abort(new Error("by a person"));
    };
    await expect(out({ signal: cancel.signal, onProgress })).rejects.toThrow("by a person");
    expect([await staged(), fake.objects.size, fake.uploads.size]).toEqual([[], 0, 0]);
  });

  test("for good leaves nothing here or there", async () => {
    failing(`PutObject 0 filaops/one/${ID}.json`, { kind: "status", status: 403, code: "AccessDenied" });
    await expect(out()).rejects.toMatchObject({ code: "offsite-denied" });
    expect([await staged(), fake.objects.size, fake.uploads.size]).toEqual([[], 0, 0]);
    fake.fault = () => null;
    fake.roomBytes = 2 * PART;
    await expect(out()).rejects.toMatchObject({ code: "offsite-full" });
    expect([await staged(), fake.objects.size, fake.uploads.size]).toEqual([[], 0, 0]);
    await writeFile(join(paths.backup(ID), "odd"), "x");
    await expect(out()).rejects.toMatchObject({ code: "backup-damaged" });
    expect(await staged()).toEqual([]);
    await expect(requireSpace(home, 1e18)).rejects.toMatchObject({ code: "disk-full" });
  });

  test("can be given up", async () => {
    failing("UploadPart 3", down);
    await expect(out()).rejects.toMatchObject({ code: "offsite-unreachable" });
    fake.fault = () => null;
    await giveUpCopy({ paths, store }, ID);
    expect([await staged(), fake.uploads.size]).toEqual([[], 0]);
  });
});

describe("fetching back", () => {
  const partial = () => exists(`${paths.backup(ID)}.partial`);

  test("refuses what is not the copy, and leaves nothing of it", async () => {
    await expect(back()).rejects.toMatchObject({ code: "offsite-missing" });
    await out();
    const other = await createIdentity();
    await expect(back({ identity: other.identity })).rejects.toMatchObject({ code: "offsite-key-wrong" });
    await expect(back({ limits: { entryBytes: 1000 } })).rejects.toMatchObject({ code: "archive-not-taken" });
    const object = fake.objects.get(objectKey)!;
    const whole = Buffer.from(object.body);
    // Everything up to the last piece is right, and unpacked by then.
    fake.objects.set(objectKey, {
      ...object,
      body: Buffer.concat([whole.subarray(0, -1), Buffer.from([(whole.at(-1) ?? 0) ^ 1])]),
    });
    await expect(back()).rejects.toMatchObject({ code: "offsite-differs" });
    await deleteLabel();
    await expect(back()).rejects.toThrow("it was changed or cut off");
    const forged = Buffer.concat([tarHeader({ path: "../../../evil", bytes: 0, seconds: 0 }), Buffer.alloc(1024)]);
    const body = await buffer(await encrypted(Readable.from([forged]), keys.recipient));
    fake.objects.set(objectKey, { ...object, body });
    await expect(back()).rejects.toMatchObject({ code: "archive-not-taken" });
    expect(await partial()).toBe(false);
  });

  const deleteLabel = () => store.delete(`${ID}.json`);

  test("needs no label, goes over lost connections, and can be cancelled", async () => {
    await out();
    await deleteLabel();
    expect((await listCopies(store))[0]).toMatchObject({ id: ID, state: "unlabelled", label: null });
    fake.fault = ({ op, key }) => (op === "GetObject" && key === objectKey ? { kind: "cut", after: 90_000 } : null);
    const { folder } = await back();
    expect(await sumFiles(folder)).toEqual(await sumFiles(paths.backup(ID)));
    const cancel = new AbortController();
    const onProgress = () => {
      cancel.abort(new Error("by a person"));
    };
    await expect(back({}, { signal: cancel.signal, onProgress })).rejects.toThrow("by a person");
    expect(await partial()).toBe(false);
  });
});

test("what a rule says goes, the label first; what is not there is not touched; what is broken is told", async () => {
  await out();
  await makeSet(OTHER);
  await copyOut({ paths, store, recipient: keys.recipient }, { ...set, id: OTHER });
  await store.put("somebody-elses.json", bufferSource(Buffer.from("{}")));
  failing(`DeleteObject 0 ${objectKey}`, { kind: "status", status: 403, code: "AccessDenied" });
  await expect(retain(store, () => [ID])).rejects.toMatchObject({ code: "offsite-denied" });
  fake.fault = () => null;
  expect((await listCopies(store)).map(({ id, state }) => [id, state])).toEqual([
    [OTHER, "whole"],
    [ID, "unlabelled"],
  ]);
  await store.delete(`${OTHER}.tar.age`);
  // Neither a label that is none nor one without end is more than an object without one.
  for (const label of ["{}", `{"x":"${"x".repeat(70_000)}"}`, "\u0000"]) {
    await store.put(`${ID}.json`, bufferSource(Buffer.from(label)));
    expect((await listCopies(store))[1]).toMatchObject({ id: ID, state: "unlabelled", label: null });
  }
  const rule = (copies: readonly { id: string; state: string }[]) => {
    expect(copies.map(({ state }) => state)).toEqual(["missing", "unlabelled"]);
    return [ID, "01K0000000000000000000000C"];
  };
  expect(await retain(store, rule)).toEqual([ID]);
  await deleteCopy(store, OTHER);
  expect((await store.list()).map(({ name }) => name)).toEqual(["somebody-elses.json"]);
});

test("a test is sent, read back and deleted; each right that is missing is found, and nothing is left", async () => {
  expect(await sendTest(store, clock)).toMatchObject({ clockAheadSeconds: 0, milliseconds: expect.any(Number) as number });
  expect(fake.objects.size).toBe(0);
  for (const op of ["PutObject", "HeadObject", "GetObject", "ListObjects"]) {
    failing(op, { kind: "status", status: 403, code: "AccessDenied" });
    await expect(sendTest(store, clock)).rejects.toMatchObject({ code: "offsite-denied" });
    expect(fake.objects.size).toBe(0);
  }
  failing("DeleteObject", { kind: "status", status: 403, code: "AccessDenied" });
  await expect(sendTest(store, clock)).rejects.toMatchObject({ code: "offsite-denied" });
  failing("GetObject", { kind: "flip" });
  await expect(sendTest(store, clock)).rejects.toMatchObject({ code: "offsite-differs" });
  expect((await stat(home)).isDirectory()).toBe(true);
});
