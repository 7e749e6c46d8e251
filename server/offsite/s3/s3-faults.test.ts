import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../platform/clock.ts";
import { systemClock } from "../../platform/clock.ts";
import { toProblem } from "../../platform/errors.ts";
import type { S3Storage } from "../contract.ts";
import { bufferSource } from "../sources.ts";
import type { Fault, Seen } from "../testing/fake-s3.ts";
import { FakeS3 } from "../testing/fake-s3.ts";
import type { S3Deps } from "./connection.ts";
import { s3Store } from "./s3-store.ts";

const PART = 64 * 1024;
const content = randomBytes(5 * PART - 100);
const source = bufferSource(content);
const small = bufferSource(Buffer.from("small"));
const key = "filaops/one/a.bin";

let fake: FakeS3;
let pauses: number[];
const clock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => {
    pauses.push(ms);
    return Promise.resolve().then(() => signal?.throwIfAborted());
  },
};

beforeEach(async () => {
  pauses = [];
  fake = await FakeS3.start();
});
afterEach(() => fake.close());

function storeWith(storage: Partial<S3Storage> = {}, more: Partial<S3Deps> = {}) {
  return s3Store({
    storage: { ...fake.storage, ...storage },
    secret: fake.secret,
    clock,
    random: () => 1,
    partBytes: PART,
    ...more,
  });
}

/** The fault for the first so many requests of this kind, or all of them. */
function failing(op: string, fault: Fault, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  fake.fault = (seen: Seen) => (`${seen.op} ${seen.part}`.startsWith(op) && left-- > 0 ? fault : null);
}

async function comesBack(): Promise<boolean> {
  const stream = await storeWith().get("a.bin", { expected: source });
  return (await buffer(stream)).equals(content);
}

const PASSING: [string, Fault][] = [
  ["500", { kind: "status", status: 500, code: "InternalError" }],
  ["slow down", { kind: "status", status: 503, code: "SlowDown" }],
  ["a mangled body", { kind: "status", status: 400, code: "BadDigest" }],
  ["a reset", { kind: "reset" }],
  ["a lost answer", { kind: "lose" }],
];

describe("what passes", () => {
  const operations = ["ListMultipartUploads", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "HeadObject"];
  test.each(
    operations.flatMap((op) =>
      // HEAD is answered without words, so that it cannot be told what was wrong.
      PASSING.filter(([what]) => op !== "HeadObject" || what !== "a mangled body").map(
        ([what, fault]) => [what, op, fault] as const,
      ),
    ),
  )("%s at %s is tried again until the object is whole", async (_what, op, fault) => {
    failing(op, fault, 2);
    await storeWith().put("a.bin", source);
    expect(fake.objects.get(key)?.body.equals(content)).toBe(true);
    expect(pauses).toEqual(pauses.length === 1 ? [500] : [500, 1000]);
    fake.fault = () => null;
    await storeWith().delete("a.bin");
    expect([fake.uploads.size, fake.objects.size]).toEqual([0, 0]);
  });

  test("an error that comes with status 200, since the answer had begun", async () => {
    failing("CompleteMultipartUpload", { kind: "status", status: 200, code: "InternalError" }, 1);
    await storeWith().put("a.bin", source);
    expect(fake.objects.get(key)?.body.equals(content)).toBe(true);
  });

  test("a body that is cut off is gone on with where it ended", async () => {
    await storeWith().put("a.bin", source);
    failing("GetObject", { kind: "cut", after: 100_000 }, 2);
    expect(await comesBack()).toBe(true);
    expect(fake.asked.filter((op) => op === "GetObject")).toHaveLength(3);
  });
});

describe("what stays", () => {
  test("a storage that is down for long is said, and the next attempt sends only what is missing", async () => {
    fake.pageSize = 2;
    fake.fault = ({ op, part }) => (op === "UploadPart" && part > 3 ? { kind: "status", status: 503, code: "SlowDown" } : null);
    const error = await storeWith()
      .put("a.bin", source)
      .catch((reason: unknown) => reason);
    expect(toProblem(error)).toMatchObject({
      code: "offsite-unreachable",
      happened: expect.stringMatching(/^127\.0\.0\.1:\d+ \(bucket farm-copies\) does not answer: SlowDown, the words/) as string,
    });
    expect(pauses).toEqual([500, 1000, 2000, 4000]);
    const upload = [...fake.uploads.values()][0]!;
    // As if this part had been of another file.
    upload.parts.set(2, randomBytes(PART));
    fake.fault = () => null;
    fake.asked.length = 0;
    const told: number[] = [];
    await storeWith().put("a.bin", source, { onBytes: (bytes) => told.push(bytes) });
    expect(fake.asked.filter((op) => op.startsWith("UploadPart"))).toEqual(["UploadPart 2", "UploadPart 4", "UploadPart 5"]);
    expect([told[0], told.at(-1), await comesBack(), fake.uploads.size]).toEqual([PART, content.length, true, 0]);
  });

  test("a server that goes away in the midst of it, and two uploads that were begun: the older one is given up", async () => {
    fake.uploads.set("upload-0", { key, sha256: undefined, parts: new Map() });
    fake.uploads.set("upload-00", { key: `${key}.other`, sha256: undefined, parts: new Map() });
    fake.fault = ({ op, part }) => (op === "UploadPart" && part > 2 ? { kind: "reset" } : null);
    await expect(storeWith().put("a.bin", source)).rejects.toMatchObject({ code: "offsite-unreachable" });
    fake.uploads.set("upload-9", { key, sha256: undefined, parts: new Map() });
    fake.fault = () => null;
    await storeWith().put("a.bin", source);
    expect([...fake.uploads.keys()]).toEqual(["upload-00"]);
  });

  test.each([
    ["full, found by a quota", () => (fake.roomBytes = 2 * PART), "offsite-full", "QuotaExceeded"],
    [
      "a key that may not write",
      () => {
        failing("UploadPart", { kind: "status", status: 403, code: "AccessDenied" });
      },
      "offsite-denied",
      "AccessDenied",
    ],
    [
      "a part whose checksum is never right",
      () => {
        failing("UploadPart 3", { kind: "lie" });
      },
      "offsite-differs",
      "part 3 of a.bin",
    ],
    [
      "a body that is always mangled",
      () => {
        failing("UploadPart 2", { kind: "status", status: 400, code: "BadDigest" });
      },
      "offsite-differs",
      "BadDigest",
    ],
    [
      "another object than was sent",
      () => {
        failing("HeadObject", { kind: "lie" });
      },
      "offsite-differs",
      "its checksum is another",
    ],
    [
      "something unknown",
      () => {
        failing("Complete", { kind: "status", status: 400, code: "InvalidPart" });
      },
      "offsite-refused",
      "InvalidPart",
    ],
  ] as const)("%s is said, and nothing is left there", async (_what, prepare, code, words) => {
    prepare();
    const error = await storeWith().put("a.bin", source).catch(toProblem);
    expect(error).toMatchObject({ code, happened: expect.stringContaining(words) as string });
    expect(JSON.stringify(error)).not.toContain(fake.secret);
    expect([fake.uploads.size, fake.objects.size]).toEqual([0, 0]);
  });

  test.each<[string, Partial<S3Storage>, Partial<S3Deps>, string, string]>([
    ["a wrong secret", {}, { secret: "wrong" }, "offsite-denied", "SignatureDoesNotMatch"],
    ["a wrong key", { accessKeyId: "AKIAOTHER" }, {}, "offsite-denied", "InvalidAccessKeyId"],
    ["a bucket that is not there", { bucket: "other" }, {}, "offsite-no-bucket", "has no bucket named other"],
    ["a wrong region", { region: "us-east-1" }, {}, "offsite-wrong-region", "is not in the region us-east-1 but in eu-test-1"],
    ["nobody there", { endpoint: "http://127.0.0.1:1" }, {}, "offsite-unreachable", "ECONNREFUSED"],
  ])("%s is said plainly, for all that is asked", async (_what, storage, more, code, words) => {
    const store = storeWith(storage, more);
    const said = { code, happened: expect.stringContaining(words) as string };
    expect(await store.put("a.bin", small).catch(toProblem)).toMatchObject(said);
    expect(await store.get("a.bin").catch(toProblem)).toMatchObject(said);
    expect(await store.list().catch(toProblem)).toMatchObject(said);
  });

  test("a small object for which there is no room, and a moved bucket", async () => {
    fake.roomBytes = 3;
    await expect(storeWith().put("a.bin", small)).rejects.toMatchObject({ code: "offsite-full" });
    failing("ListObjectsV2", { kind: "status", status: 301, code: "PermanentRedirect" });
    await expect(storeWith().list()).rejects.toMatchObject({ code: "offsite-wrong-region" });
  });

  test("a body that never goes on, and one that was changed, are not given out as whole", async () => {
    await storeWith().put("a.bin", source);
    fake.fault = ({ op }) => (op === "GetObject" ? { kind: "cut", after: 0 } : null);
    await expect(comesBack()).rejects.toMatchObject({ code: "offsite-unreachable" });
    fake.fault = ({ op }) => (op === "GetObject" ? { kind: "flip" } : null);
    await expect(comesBack()).rejects.toMatchObject({ code: "offsite-differs" });
    // Replaced while it was read: what comes after the break would be another's.
    fake.fault = ({ op }) => {
      if (op !== "GetObject" || fake.objects.get(key)?.etag === "other") return null;
      queueMicrotask(() => fake.objects.set(key, { body: randomBytes(content.length), etag: "other", sha256: undefined }));
      return { kind: "cut", after: 100_000 };
    };
    await expect(comesBack()).rejects.toMatchObject({ code: "offsite-refused" });
  });

  test("where uploads cannot be listed it works all the same, and gives up what it began", async () => {
    const notListed: Fault = { kind: "status", status: 501, code: "NotImplemented" };
    failing("ListMultipartUploads", notListed);
    await storeWith().put("a.bin", source);
    expect(await comesBack()).toBe(true);
    fake.fault = ({ op, part }) =>
      op === "ListMultipartUploads" ? notListed : part === 2 ? { kind: "status", status: 400, code: "Odd" } : null;
    await expect(storeWith().put("a.bin", source)).rejects.toMatchObject({ code: "offsite-refused" });
    expect(fake.uploads.size).toBe(0);
  });
});

describe("clocks that differ", () => {
  test.each([3, -30])("by %i hours: the storage's is followed, and it is said by how much", async (hours) => {
    fake.now = () => new Date(Date.now() + hours * 3_600_000);
    const store = storeWith();
    // HEAD has no body that would name the reason.
    expect(await store.head("a.bin")).toBeNull();
    await store.put("a.bin", source);
    expect(Math.abs(store.clockAheadSeconds() - hours * 3600)).toBeLessThan(3);
    expect([await comesBack(), pauses]).toEqual([true, []]);
  });

  test("without end: is said in words, after one correction", async () => {
    let hours = 0;
    fake.now = () => new Date(Date.now() + (hours += 2) * 3_600_000);
    const problem = toProblem(
      await storeWith()
        .list()
        .catch((error: unknown) => error),
    );
    expect(problem).toMatchObject({ code: "offsite-clock", todo: expect.stringContaining("timedatectl") as string });
    expect(problem.happened).toMatch(/differ by \d+ hours/);
  });
});

test("addresses with the bucket in the host's name are signed as such", async () => {
  const port = new URL(fake.storage.endpoint).port;
  const asked: string[] = [];
  const dispatcher = new Agent({
    connect: {
      lookup: (host, _options, done) => {
        asked.push(host);
        done(null, [{ address: "127.0.0.1", family: 4 }]);
      },
    },
  });
  const store = storeWith({ endpoint: `http://storage.test:${port}`, forcePathStyle: false }, { dispatcher });
  await store.put("a.bin", source);
  expect([await comesBack(), asked[0], (await store.list()).length]).toEqual([true, "farm-copies.storage.test", 1]);
  await dispatcher.close();
});
