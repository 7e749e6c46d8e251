import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { silentLog } from "../platform/log.ts";
import type { GateTarget } from "./contract.ts";
import { openState } from "./state.ts";

const target: GateTarget = { slot: "blue", version: "1.0.0", host: "127.0.0.1", port: 3001 };
const run = "01JD8Z0000000000000000000A";
let folder: string;
let path: string;
const complaints: string[] = [];
const log = { ...silentLog, error: (_fields: object, message: string) => complaints.push(message) };
const open = (onApplied: Parameters<typeof openState>[2] = () => undefined) =>
  openState(path, { clock: systemClock, log }, onApplied);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-gate-"));
  path = join(folder, "gate.json");
  complaints.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("is the maintenance page until somebody says otherwise", async () => {
  expect((await open()).current()).toMatchObject({ state: { mode: "maintenance", target: null, run: null }, epoch: 0 });
  expect(complaints).toEqual([]);
});

it("is found again after a restart", async () => {
  await (await open()).set({ mode: "observe", target, run });
  expect((await open()).current().state).toMatchObject({ mode: "observe", target, run });
});

it.each([
  ["junk", "\u0000\u0001"],
  ["torn", '{"v":1,"mode":"proxy","tar'],
  ["empty", ""],
  ["of a later version", JSON.stringify({ v: 2, mode: "proxy", target, run: null, since: "2026-11-23T12:00:00.000Z" })],
  ["without a target", JSON.stringify({ v: 1, mode: "proxy", target: null, run: null, since: "2026-11-23T12:00:00.000Z" })],
])("a file that is %s gives the maintenance page and a line in the log, never a guess", async (_name, text) => {
  await writeFile(path, text);
  expect((await open()).current().state).toMatchObject({ mode: "maintenance", target: null });
  expect(complaints).toHaveLength(1);
  expect(await readFile(path, "utf8")).toBe(text);
});

it("is durable before it is applied", async () => {
  const onDisk: unknown[] = [];
  const store = await open(() => onDisk.push(JSON.parse(readFileSync(path, "utf8"))));
  await Promise.all([store.set({ mode: "hold", target, run }), store.set({ mode: "readOnly", target, run })]);
  expect(onDisk).toMatchObject([{ mode: "hold" }, { mode: "readOnly" }]);
  expect(store.current()).toMatchObject({ state: { mode: "readOnly" }, epoch: 2 });
});

it("stays as it was when it cannot be written, and takes the next one", async () => {
  const store = await open();
  await store.set({ mode: "proxy", target, run: null });
  await rm(folder, { recursive: true });
  await expect(store.set({ mode: "hold", target, run })).rejects.toThrow("ENOENT");
  expect(store.current().state.mode).toBe("proxy");
  await mkdir(folder);
  await store.set({ mode: "hold", target, run });
  expect(store.current().state.mode).toBe("hold");
});

it.each(["proxy", "readOnly", "observe"] as const)("refuses %s without a target", async (mode) => {
  const store = await open();
  await expect(store.set({ mode, target: null, run })).rejects.toMatchObject({ code: "gate-target-missing" });
  expect(store.current().epoch).toBe(0);
});
