import { chmod, chown, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeEnvFile } from "./env-file.ts";

const OPERATOR = 12_345;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-env-"));
  path = join(folder, ".env");
  if (process.geteuid?.() === 0) await chown(folder, OPERATOR, OPERATOR);
});
afterEach(() => rm(folder, { recursive: true }));

test("what the operator wrote stays, and the file keeps its mode and its owner", async () => {
  await writeFile(path, "# ours\nCOMPOSE_PROFILES=blue,extra\nFILAOPS_PORT=80\n");
  await chmod(path, 0o600);
  if (process.geteuid?.() === 0) await chown(path, OPERATOR, OPERATOR);
  const before = await stat(path);
  await writeEnvFile(folder, { slot: "green", image: "r.example/f@sha256:1" });
  expect(await readFile(path, "utf8")).toBe(
    "# ours\nCOMPOSE_PROFILES=green,extra\nFILAOPS_PORT=80\nFILAOPS_GREEN_IMAGE=r.example/f@sha256:1\n",
  );
  const { mode, uid, gid } = await stat(path);
  expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
  expect(await readdir(folder)).toEqual([".env"]);
});

test("what is so already is not written again", async () => {
  await writeEnvFile(folder, { slot: "blue", image: "x" });
  await utimes(path, 1, 1);
  await writeEnvFile(folder, { slot: "blue", image: "x" });
  expect((await stat(path)).mtimeMs).toBe(1000);
});

// The updater is root: a file that it made was root's alone, and the operator's own `docker compose` could not read it.
test("a file that was not there is the folder's owner's", async () => {
  await writeEnvFile(folder, { slot: "blue", image: "x" });
  const { uid, gid } = await stat(folder);
  expect(await stat(path)).toMatchObject({ uid, gid });
});
