import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import { remove } from "../platform/files.ts";
import { folderStore } from "./folder-store.ts";
import { objectStoreSuite } from "./object-store.suite.ts";
import { s3Store } from "./s3/s3-store.ts";
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
