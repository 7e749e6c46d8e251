import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sumFiles } from "../backups/checksums.ts";
import { systemClock } from "../platform/clock.ts";
import { remove } from "../platform/files.ts";
import { homePaths } from "../platform/home.ts";
import { spawnAttached } from "../platform/process.ts";
import { createIdentity } from "./age.ts";
import { copyOut, fetchBack, listCopies } from "./copies.ts";
import { s3Store } from "./s3/s3-store.ts";
import type { CopyOrder } from "./testing/copy-process.ts";
import { FakeS3 } from "./testing/fake-s3.ts";

const PROGRAM = fileURLToPath(new URL("testing/copy-process.ts", import.meta.url));
const PART = 64 * 1024;
const set = {
  id: "01K0000000000000000000000A",
  kind: "manual",
  createdAt: "2026-11-26T03:00:00.000Z",
  version: "1.0.0",
} as const;

/** Copies in a process that is killed at its request of this number, which is done or is not. Whether it came that far; all must be well after. */
async function killedAt(request: number, isDone: boolean): Promise<boolean> {
  const home = await mkdtemp(join(tmpdir(), "filaops-killed-"));
  const paths = homePaths(home);
  await mkdir(join(paths.backup(set.id), "database"), { recursive: true });
  await writeFile(join(paths.backup(set.id), "manifest.json"), "{}");
  await writeFile(join(paths.backup(set.id), "database", "toc.dat"), randomBytes(3 * PART));
  const fake = await FakeS3.start();
  const { storage, secret } = fake;
  const { identity, recipient } = await createIdentity();
  const order: CopyOrder = { home, storage, secret, recipient, set, partBytes: PART };
  await writeFile(join(home, "order.json"), JSON.stringify(order), { mode: 0o600 });
  const child = spawnAttached(process.execPath, [PROGRAM, join(home, "order.json")], { env: {} });
  fake.fault = () => {
    if (fake.asked.length !== request) return null;
    child.kill("SIGKILL");
    return { kind: isDone ? "lose" : "reset" };
  };
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect([code, signal]).toEqual(fake.asked.length >= request ? [null, "SIGKILL"] : [0, null]);
  const cameThatFar = signal === "SIGKILL";
  fake.fault = () => null;
  const store = s3Store({ storage, secret, clock: systemClock, partBytes: PART });
  await copyOut({ paths, store, recipient }, set);
  expect((await listCopies(store)).map(({ id, state }) => [id, state])).toEqual([[set.id, "whole"]]);
  expect([await readdir(paths.offsite), fake.uploads.size]).toEqual([[], 0]);
  const { folder } = await fetchBack({ paths, store }, { id: set.id, identity });
  expect(await sumFiles(folder)).toEqual(await sumFiles(paths.backup(set.id)));
  await fake.close();
  await remove(home);
  return cameThatFar;
}

test.each([
  ["before", false],
  ["after", true],
])("a copying that is killed %s each of its requests is made whole by the next one", async (_when, isDone) => {
  let request = 1;
  while (await killedAt(request, isDone)) request += 1;
  // Label, uploads, begin, four parts, end, look, label and look.
  expect(request - 1).toBe(11);
});
