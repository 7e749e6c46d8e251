import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sumFiles } from "../backups/checksums.ts";
import { systemClock } from "../platform/clock.ts";
import { toProblem } from "../platform/errors.ts";
import { remove } from "../platform/files.ts";
import { homePaths } from "../platform/home.ts";
import { createIdentity } from "./age.ts";
import { copyOut, deleteCopy, fetchBack, sendTest } from "./copies.ts";
import { objectStoreSuite } from "./object-store.suite.ts";
import { S3Connection } from "./s3/connection.ts";
import { s3Store } from "./s3/s3-store.ts";
import { bufferSource } from "./sources.ts";
import { startSwift } from "./testing/swift.ts";

const PART = 64 * 1024;
let swift: Awaited<ReturnType<typeof startSwift>>;

beforeAll(async () => {
  swift = await startSwift();
});
afterAll(() => swift.close());

const open = (more = {}) => s3Store({ ...swift, clock: systemClock, partBytes: PART, ...more });

objectStoreSuite(
  "Swift",
  async () => {
    const store = open();
    for (const { name } of await store.list()) await store.delete(name);
    const connection = new S3Connection({ ...swift, clock: systemClock });
    return {
      store,
      again: open,
      // As somebody with another program would: what we noted about it stays.
      spoil: async (name, change) => {
        const { headers } = await connection.send({ method: "HEAD", name });
        const body = change(await buffer(await store.get(name)));
        const kept = { "x-amz-meta-sha256": headers["x-amz-meta-sha256"] ?? "" };
        await connection.send({ method: "PUT", name, body, headers: kept });
      },
      close: () => Promise.resolve(),
    };
  },
  300_000,
);

test("goes on with what a broken-off attempt left, and gives it up when it is deleted", async () => {
  const content = randomBytes(5 * PART);
  const source = bufferSource(content);
  const read: number[] = [];
  const broken = {
    ...source,
    read: (start: number, length: number) => {
      read.push(start);
      // As if the process had ended here: nothing is cleaned up after it.
      return start === 3 * PART ? new Promise<Buffer>(() => undefined) : source.read(start, length);
    },
  };
  const store = open();
  const sent: number[] = [];
  void store.put("a.bin", broken, { onBytes: (bytes) => sent.push(bytes) });
  await expect.poll(() => read.at(-1), { timeout: 20_000 }).toBe(3 * PART);
  const parts: number[] = [];
  await open().put("a.bin", source, { onBytes: (bytes) => parts.push(bytes) });
  // What was there already is told at once, without a slice of it being sent.
  expect(parts.slice(0, 3)).toEqual([PART, 2 * PART, 3 * PART]);
  expect((await buffer(await store.get("a.bin", { expected: source }))).equals(content)).toBe(true);
});

test("a set of 200 MB goes there encrypted and comes back, in parts of the usual size", async () => {
  const home = await mkdtemp(join(tmpdir(), "filaops-bench-"));
  const paths = homePaths(home);
  const id = "01K0000000000000000000000A";
  await mkdir(join(paths.backup(id), "database"), { recursive: true });
  await writeFile(join(paths.backup(id), "manifest.json"), "{}");
  for (const name of ["1.dat.gz", "2.dat.gz"]) {
    await writeFile(join(paths.backup(id), "database", name), randomBytes(100_000_000));
  }
  const { identity, recipient } = await createIdentity();
  const store = s3Store({ ...swift, clock: systemClock });
  const begun = performance.now();
  const set = { id, kind: "manual", createdAt: "2026-11-26T03:00:00.000Z", version: "1.0.0" } as const;
  await copyOut({ paths, store, recipient }, set);
  const copied = performance.now();
  const { folder } = await fetchBack({ paths, store }, { id, identity });
  const fetched = performance.now();
  expect(await sumFiles(folder)).toEqual(await sumFiles(paths.backup(id)));
  await deleteCopy(store, id);
  await remove(home);
  const rate = (milliseconds: number) => Math.round(200_000 / milliseconds);
  process.stdout.write(`${JSON.stringify({ outMBs: rate(copied - begun), backMBs: rate(fetched - copied) })}\n`);
});

test("its refusals are said as those of others", async () => {
  const code = (more: object) =>
    open(more)
      .list()
      .catch((error: unknown) => toProblem(error).code);
  const { storage } = swift;
  expect(await code({ secret: "wrong" })).toBe("offsite-denied");
  expect(await code({ storage: { ...storage, accessKeyId: "nobody" } })).toBe("offsite-denied");
  expect(await code({ storage: { ...storage, bucket: "other" } })).toBe("offsite-no-bucket");
  expect(await code({ storage: { ...storage, region: "us-east-1" } })).toBe("offsite-wrong-region");
  const late = { ...systemClock, now: () => new Date(Date.now() - 3_600_000) };
  const store = open({ clock: late });
  expect(await sendTest(store, late)).toMatchObject({ bytes: expect.any(Number) as number });
  expect(Math.abs(store.clockAheadSeconds() - 3600)).toBeLessThan(5);
});
