import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import { remove } from "../platform/files.ts";
import { folderStore } from "./folder-store.ts";
import { objectStoreSuite } from "./object-store.suite.ts";
import { s3Store } from "./s3/s3-store.ts";
import { bufferSource } from "./sources.ts";
import { FakeS3 } from "./testing/fake-s3.ts";
import { hex } from "./testing/fake-s3-signature.ts";

const hasty: Clock = { ...systemClock, sleep: (_ms, signal) => Promise.resolve().then(() => signal?.throwIfAborted()) };

objectStoreSuite(
  "a bucket",
  async () => {
    const fake = await FakeS3.start();
    fake.pageSize = 2;
    const again = () => s3Store({ storage: fake.storage, secret: fake.secret, clock: hasty, partBytes: 64 * 1024 });
    return {
      store: again(),
      again,
      spoil: (name, change) => {
        const key = `filaops/one/${name}`;
        const object = fake.objects.get(key)!;
        const body = change(object.body);
        fake.objects.set(key, { ...object, body, etag: hex("md5", body) });
        return Promise.resolve();
      },
      close: () => fake.close(),
    };
  },
  300_000,
);

objectStoreSuite(
  "a folder",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "filaops-copies-"));
    return {
      store: folderStore(folder),
      again: () => folderStore(folder),
      spoil: async (name, change) => writeFile(join(folder, name), change(await readFile(join(folder, name)))),
      close: () => remove(folder),
    };
  },
  2_500_000,
);

test("a folder goes on behind what a crash left there, as far as it is the same", async () => {
  const folder = await mkdtemp(join(tmpdir(), "filaops-copies-"));
  const [store, content] = [folderStore(folder), randomBytes(3_500_000)];
  await store.claim();
  const chunk = 1024 * 1024;
  for (const [left, from] of [
    [content.subarray(0, 2 * chunk + 5), 2 * chunk + 5],
    [Buffer.concat([content.subarray(0, chunk), randomBytes(2 * chunk)]), chunk],
    [Buffer.concat([content, Buffer.from("more")]), 3 * chunk],
    [randomBytes(5_000_000), 0],
  ] as const) {
    await writeFile(join(folder, ".a.bin.part"), left);
    const told: number[] = [];
    await store.put("a.bin", bufferSource(content), { onBytes: (bytes) => told.push(bytes) });
    expect(told[0]).toBe(from);
    expect((await readFile(join(folder, "a.bin"))).equals(content)).toBe(true);
  }
  await remove(folder);
});

test("a folder is written to with its mark only, under no names that lead elsewhere, and through no links", async () => {
  const folder = await mkdtemp(join(tmpdir(), "filaops-copies-"));
  const store = folderStore(folder);
  await expect(store.put("a.bin", bufferSource(Buffer.from("x")))).rejects.toMatchObject({ code: "offsite-folder" });
  await store.claim();
  for (const name of ["../a", "a/b", ".hidden", ""]) {
    await expect(store.put(name, bufferSource(Buffer.from("x")))).rejects.toMatchObject({ code: "offsite-missing" });
  }
  await symlink("/etc/hostname", join(folder, "link.json"));
  await mkdir(join(folder, "folder.json"));
  for (const name of ["link.json", "folder.json"]) {
    expect(await store.head(name)).toBeNull();
    await expect(store.get(name)).rejects.toMatchObject({ code: "offsite-missing" });
  }
  expect(await store.list()).toEqual([]);
  await remove(folder);
});
