import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FakeS3 } from "../server/offsite/testing/fake-s3.ts";
import type { HomeStage, Ran } from "../server/updater/testing/home-stage.ts";
import { allWell, setHomeStage } from "../server/updater/testing/home-stage.ts";

/** Copies elsewhere from the command line, and the day on which the computer is lost: from nothing but the key and the bucket. */

let bucket: FakeS3;
let lost: HomeStage;
let fresh: HomeStage;
let key: string;

beforeAll(async () => {
  bucket = await FakeS3.start();
  [lost, fresh] = [await setHomeStage(), await setHomeStage()];
  await writeFile(fresh.paths.instanceKey, "of another installation");
  for (const stage of [lost, fresh]) {
    stage.start("gate");
    stage.start("updater");
    await allWell(stage);
  }
});
afterAll(async () => {
  await lost.close();
  await fresh.close();
  await bucket.close();
});

const PLACE = "s3://farm-copies/filaops/one";
const json = ({ stdout }: Ran) => JSON.parse(stdout) as Record<string, unknown>;
const containing = (text: string) => expect.stringContaining(text) as string;
const withKey = (secret = bucket.secret) => ({
  AWS_ENDPOINT_URL: bucket.storage.endpoint,
  AWS_REGION: bucket.storage.region,
  AWS_ACCESS_KEY_ID: bucket.storage.accessKeyId,
  AWS_SECRET_ACCESS_KEY: secret,
});
const customers = async ({ db }: HomeStage) =>
  (await db.query("owner", "SELECT name FROM customers ORDER BY id")).map(({ name }) => name);

test("where copies go is tried before it is set up, and what is wrong is said; the key is shown once", async () => {
  expect(await lost.filaops(["offsite"])).toMatchObject({ code: 0, stdout: containing("No place was set up") });
  const wrong = await lost.filaops(["offsite", "set", PLACE], "", withKey("wrong"));
  expect(wrong).toMatchObject({ code: 1, stdout: containing("refuses this access key") });
  expect(await lost.filaops(["offsite", "set", PLACE])).toMatchObject({
    code: 1,
    stdout: containing("AWS_ACCESS_KEY_ID is not set"),
  });
  const set = await lost.filaops(["offsite", "set", PLACE, "--json"], "", withKey());
  key = String(json(set)["identity"]);
  expect([set.code, key]).toEqual([0, expect.stringMatching(/^AGE-SECRET-KEY-1/)]);
  const shown = await lost.filaops(["offsite", "--json"]);
  expect(shown.stdout).not.toContain(key);
  expect(shown.stdout).not.toContain(bucket.secret);
});

test("a backup is copied, encrypted, and what lies there is listed", async () => {
  await lost.db.query("owner", "INSERT INTO customers (name) VALUES ('Ada''s farm')");
  const made = await lost.filaops(["backup", "--note", "the last one"]);
  expect(made.code).toBe(0);
  // The update service may have copied it by itself just before: then there is nothing left to do.
  const copied = await lost.filaops(["offsite", "copy"]);
  expect(copied).toMatchObject({ code: 0, stdout: expect.stringMatching(/\b(1 backup|0 backups) copied/) as string });
  expect(await lost.filaops(["offsite"])).toMatchObject({ code: 0, stdout: containing("FilaOps 1.0.0") });
  expect([...bucket.objects.values()].some(({ body }) => body.includes("Ada"))).toBe(false);
  expect(await lost.filaops(["offsite", "copy"])).toMatchObject({ code: 0, stdout: containing("0 backups copied") });
});

test("on a new computer everything is brought back from the bucket with the key, when its owner says that it is theirs", async () => {
  const file = join(fresh.paths.home, "key.txt");
  const restore = (...more: string[]) => fresh.filaops(["restore", "--from", PLACE, ...more], "", withKey());
  expect(await restore("--yes")).toMatchObject({ code: 1, stdout: containing("the file that holds your key") });
  await writeFile(file, `AGE-SECRET-KEY-1${"Q".repeat(58)}\n`);
  expect((await restore("--key", file, "--yes")).code).toBe(1);
  await writeFile(file, `# created: today\n${key}\n`);
  // There is nobody to ask whether it can be trusted, so it is not used.
  expect(await restore("--key", file)).toMatchObject({ code: 1, stdout: containing("adopt-backup") });
  expect(await customers(fresh)).toEqual([]);
  await rm(fresh.paths.backups, { recursive: true });

  const restored = await restore("--key", file, "--yes");
  expect(restored).toMatchObject({ code: 0, stdout: containing("every checksum holds") });
  expect(restored.stdout).toContain("Complete.");
  expect(await customers(fresh)).toEqual(["Ada's farm"]);
  await allWell(fresh);
});
