import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { toProblem } from "../platform/errors.ts";
import { exists, remove } from "../platform/files.ts";
import { homePaths } from "../platform/home.ts";
import { createIdentity } from "./age.ts";
import type { S3Storage } from "./contract.ts";
import { storageSchema } from "./contract.ts";
import { openStore, readSecret, readSettings, removeSettings, writeSettings } from "./settings.ts";

let home: string;
const bucket: S3Storage = {
  kind: "s3",
  endpoint: "https://s3.example.com",
  region: "eu-central-1",
  bucket: "farm-copies",
  prefix: "",
  accessKeyId: "AKIA",
  forcePathStyle: true,
};
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "filaops-offsite-"));
});
afterEach(() => remove(home));

test("settings and secret are kept apart, the secret for us alone", async () => {
  const paths = homePaths(home);
  expect(await readSettings(paths)).toBeNull();
  const { recipient } = await createIdentity();
  const settings = { v: 1, storage: bucket, recipient } as const;
  await writeSettings(paths, settings, "top/secret+key");
  await writeSettings(paths, { ...settings, storage: { ...bucket, prefix: "a/b" } });
  expect(await readSettings(paths)).toEqual({ ...settings, storage: { ...bucket, prefix: "a/b" } });
  expect(await readFile(paths.offsiteSettings, "utf8")).not.toContain("secret");
  expect((await stat(paths.offsiteSecret)).mode & 0o777).toBe(0o600);
  const store = await openStore(bucket, { secret: () => readSecret(paths), clock: systemClock });
  expect(store.where).toBe("s3.example.com (bucket farm-copies)");
  await writeFile(paths.offsiteSecret, "not a\nsecret");
  const problem = toProblem(await readSecret(paths).catch((error: unknown) => error));
  expect(problem.code).toBe("file-unreadable");
  expect(JSON.stringify(problem)).not.toContain("not a");
  await removeSettings(paths);
  expect([await exists(paths.offsiteSecret), await readSettings(paths)]).toEqual([false, null]);
  await expect(readSecret(paths)).rejects.toThrow("it is not there");
  const folder = await openStore({ kind: "folder", path: "/mnt/nas" }, { secret: () => readSecret(paths), clock: systemClock });
  expect(folder.where).toBe("/mnt/nas");
});

test.each<[string, Partial<S3Storage> | { kind: "folder"; path: string }]>([
  ["a name and a password in the address", { endpoint: "https://a:b@s3.example.com" }],
  ["a path in the address", { endpoint: "https://s3.example.com/bucket" }],
  ["a query in the address", { endpoint: "https://s3.example.com/?x=1" }],
  ["another scheme", { endpoint: "file:///etc" }],
  ["no address", { endpoint: "s3.example.com" }],
  ["a way up", { prefix: "a/../b" }],
  ["a dot", { prefix: "." }],
  ["slashes at the ends", { prefix: "/a/" }],
  ["a new line in the key", { accessKeyId: "A\nB" }],
  ["a bucket with a slash", { bucket: "a/b" }],
  ["a region with a space", { region: "eu central" }],
  ["a relative folder", { kind: "folder", path: "mnt" }],
  ["a NUL", { kind: "folder", path: "/mnt/\0" }],
])("is no storage: %s", (_what, change) => {
  expect(storageSchema.safeParse(change.kind === "folder" ? change : { ...bucket, ...change }).success).toBe(false);
});

test("an address is taken with or without a slash at its end, with a port, and by number", () => {
  for (const endpoint of ["https://s3.example.com/", "http://nas:9000", "http://[::1]:9000", "https://10.0.0.2"]) {
    expect(storageSchema.parse({ ...bucket, endpoint })).toMatchObject({ endpoint: endpoint.replace(/\/$/, "") });
  }
});
