import { readdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asAdmin } from "../auth/actors.ts";
import { makeFolder, remove } from "../platform/files.ts";
import { newUlid } from "../platform/ids.ts";
import type { Snapshot } from "../platform/snapshot.ts";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { ExportFile } from "./contract.ts";
import { beginExport, openPartial, placesOf } from "./store.ts";
import { anotherProcess, OPTIONS, OWNER } from "./testing/fixture.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
  await web.farm.query("owner", "INSERT INTO customers (name) SELECT 'Customer ' || n FROM generate_series(1, 2000) n");
});
beforeEach(() => remove(web.folder));
afterAll(() => web.close());

const ADMIN = asAdmin({ ...OWNER, role: "admin" })!;
const WISH = { options: OPTIONS, key: null };
const NOW = new Date("2026-11-26T12:00:00Z");
const clockAt = (now: Date) => ({ ...web.web.clock, now: () => now });
const later = (ms: number) => clockAt(new Date(NOW.getTime() + ms));
const left = async () => Promise.all((await readdir(web.folder)).map((id) => readdir(placesOf(web.folder, id).own)));

/** A reading of the database that stands still after the first rows, until it is let go on. */
function held() {
  const [reached, going] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const reading = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    batches: async function* (sql, size) {
      for await (const rows of snapshot.batches(sql, size)) {
        yield rows;
        reached.resolve(undefined);
        await going.promise;
      }
    },
    close: async () => {
      going.resolve(undefined);
      await snapshot.close();
    },
  });
  const goOn = () => {
    going.resolve(undefined);
  };
  return { reading, reached: reached.promise, goOn };
}

/** What a process leaves behind that is killed in the midst of an export. */
async function leftBehind(seenAt = NOW): Promise<ExportFile> {
  const at = seenAt.toISOString();
  const file: ExportFile = {
    ...{ v: 1, id: newUlid(clockAt(seenAt)), state: "running", options: OPTIONS, startedAt: at, startedBy: "Olivia" },
    ...{ rows: { done: 5, total: 10 }, bytes: null, lacking: 0, problem: null },
    ...{ appVersion: "1.0.0", process: "another", seenAt: at, key: null },
  };
  await beginExport(web.folder, file);
  const partial = await openPartial(web.folder, file.id);
  await partial.writeFile("half of it");
  await partial.close();
  return file;
}

test("one is made at a time, says how far it is, and is there when it has ended", async () => {
  const { reading, reached, goOn } = held();
  const exporter = anotherProcess(web, { reading });
  const { id } = await exporter.start(OWNER, WISH);
  await reached;
  expect(await exporter.get(id)).toMatchObject({ state: "running", rows: { done: 500, total: 2000 }, bytes: null });
  await expect(exporter.start(OWNER, WISH)).rejects.toMatchObject({ code: "export-under-way" });
  await expect(exporter.remove(OWNER, id)).rejects.toMatchObject({ code: "export-under-way" });
  await expect(exporter.open(OWNER, id)).rejects.toMatchObject({ code: "export-unfinished" });
  // Another process of the app sees it, too.
  await expect(anotherProcess(web).start(OWNER, WISH)).rejects.toMatchObject({ code: "export-under-way" });
  goOn();
  await exporter.ended();
  expect(await exporter.get(id)).toMatchObject({ state: "complete", rows: { done: 2000, total: 2000 } });
  const { fileName, bytes, stream } = await anotherProcess(web).open(OWNER, id);
  stream.destroy();
  expect(fileName).toMatch(/^filaops-export-\d{4}-\d{2}-\d{2}-\d{4}\.zip$/);
  expect(bytes).toBe((await exporter.get(id)).bytes);
  await exporter.remove(OWNER, id);
  expect(await left()).toEqual([]);
});

test("a cancelled one leaves nothing, wherever it is made", async () => {
  for (const by of ["itself", "another process"]) {
    const { reading, reached } = held();
    const exporter = anotherProcess(web, { reading, beatMs: 20 });
    const { id } = await exporter.start(OWNER, WISH);
    await reached;
    await (by === "itself" ? exporter : anotherProcess(web)).cancel(OWNER, id);
    await exporter.ended();
    expect(await left()).toEqual([]);
    expect(await exporter.list()).toEqual([]);
  }
});

test.each<[string, string, (snapshot: Snapshot) => Promise<void>]>([
  ["the disk is full", "exports-full", () => Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }))],
  [
    "the database ends our session, as an update does",
    "export-interrupted",
    async () => {
      await web.farm.query("owner", terminate);
    },
  ],
  ["something unexpected happens", "unexpected", () => Promise.reject(new Error("who would have thought"))],
])("when %s it says so, and leaves nothing but that", async (_, code, happen) => {
  const exporter = anotherProcess(web, {
    reading: (snapshot) => ({
      ...snapshot,
      batches: async function* (sql, size) {
        yield* snapshot.batches(sql, size);
        await happen(snapshot);
      },
    }),
  });
  const { id } = await exporter.start(OWNER, WISH);
  await exporter.ended();
  expect(await exporter.get(id)).toMatchObject({ state: "failed", problem: { code }, bytes: null });
  expect(await left()).toEqual([["state.json"]]);
  await anotherProcess(web).start(OWNER, WISH);
});

const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'filaops-web-test' AND state LIKE 'idle in%'`;

test("one that would fill the disk is not begun", async () => {
  const exporter = anotherProcess(web, { reserveBytes: 2 ** 60 });
  const { id } = await exporter.start(OWNER, WISH);
  await exporter.ended();
  const { problem } = await exporter.get(id);
  expect(problem).toMatchObject({ code: "exports-full", happened: expect.stringContaining("are free") as string });
  expect(await left()).toEqual([["state.json"]]);
});

test("what a process that is gone had begun is interrupted, can be downloaded by nobody, and is replaced by a new one", async () => {
  const { id } = await leftBehind();
  // Alive a moment ago: perhaps still.
  const soon = anotherProcess(web, { clock: later(10_000) });
  expect(await soon.list()).toMatchObject([{ id, state: "running" }]);
  const exporter = anotherProcess(web, { clock: later(20_000) });
  expect(await exporter.list()).toMatchObject([{ id, state: "interrupted", problem: { code: "export-interrupted" } }]);
  expect(await left()).toEqual([["state.json"]]);
  await expect(exporter.open(OWNER, id)).rejects.toMatchObject({ code: "export-unfinished" });
  const again = await exporter.start(OWNER, WISH);
  await exporter.ended();
  expect(await exporter.list()).toMatchObject([{ id: again.id, state: "complete" }]);
});

test("what has expired is removed, and so is what is no export", async () => {
  const exporter = anotherProcess(web, { clock: clockAt(NOW) });
  const { id, expiresAt } = await exporter.start(OWNER, WISH);
  await exporter.ended();
  expect(expiresAt).toBe("2026-12-03T12:00:00.000Z");
  await makeFolder(placesOf(web.folder, newUlid(clockAt(NOW))).own);
  const week = 7 * 24 * 60 * 60 * 1000;
  expect(await anotherProcess(web, { clock: later(week - 1) }).list()).toMatchObject([{ id }]);
  expect(await anotherProcess(web, { clock: later(week) }).list()).toEqual([]);
  expect(await readdir(web.folder)).toEqual([]);
});

test("a click that is sent again is the same export; with something else in it, it is a mistake", async () => {
  const exporter = anotherProcess(web);
  const first = await exporter.start(OWNER, { options: OPTIONS, key: "a-click-of-mine" });
  await exporter.ended();
  expect(await exporter.start(OWNER, { options: OPTIONS, key: "a-click-of-mine" })).toMatchObject({ id: first.id });
  const other = { options: { ...OPTIONS, withFiles: true }, key: "a-click-of-mine" };
  await expect(exporter.start(OWNER, other)).rejects.toMatchObject({ code: "key-reused" });
  expect(await exporter.list()).toHaveLength(1);
});

test("who the users are, only an owner takes out", async () => {
  const exporter = anotherProcess(web);
  const wish = { options: { ...OPTIONS, withAccounts: true }, key: null };
  await expect(exporter.start(ADMIN, wish)).rejects.toMatchObject({ code: "role-needed" });
  const { id } = await exporter.start(OWNER, wish);
  await exporter.ended();
  await expect(exporter.open(ADMIN, id)).rejects.toMatchObject({ code: "role-needed" });
});

test("a folder that cannot be used is said plainly", async () => {
  await writeFile(`${web.folder}-file`, "");
  for (const [folder, reason] of [
    [`${web.folder}-file/exports`, "ENOTDIR"],
    [undefined, "not set"],
  ] as const) {
    const exporter = anotherProcess(web, { folder });
    await expect(exporter.start(OWNER, WISH)).rejects.toMatchObject({
      code: "exports-away",
      problem: { happened: expect.stringContaining(reason) as string },
    });
  }
  await remove(`${web.folder}-file`);
});
