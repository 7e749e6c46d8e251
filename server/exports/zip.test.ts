import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { remove } from "../platform/files.ts";
import { readZip } from "./testing/read-zip.ts";
import { createZip } from "./zip.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-zip-"));
});
afterAll(() => remove(folder));

async function* parts(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function written(name: string, zip64From?: number) {
  const path = join(folder, name);
  const file = await open(path, "wx");
  const zip = createZip(file, { at: new Date("2026-11-26T20:21:44Z"), ...(zip64From === undefined ? {} : { zip64From }) });
  const noise = randomBytes(200_000);
  const content = { "a.csv": Buffer.from("a,b\r\n".repeat(5000)), "files/noise": noise, "empty.csv": Buffer.alloc(0) };
  const said = [];
  for (const [entry, bytes] of Object.entries(content)) {
    said.push(await zip.entry(entry, parts(bytes.subarray(0, 1000), bytes.subarray(1000))));
  }
  const length = await zip.finish();
  await file.close();
  const found = await readFile(path);
  expect(found.length).toBe(length);
  return { found, content, said };
}

test.each([
  ["small", undefined],
  ["one in which some numbers are large", 100_000],
  ["one in which all are", 1],
])("a zip, %s, is read back", async (name, zip64From) => {
  const { found, content, said } = await written(name, zip64From);
  expect(Object.fromEntries(readZip(found))).toEqual(content);
  expect(said).toEqual(
    Object.values(content).map((bytes) => ({
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    })),
  );
});

test("content that fails in the middle fails the entry", async () => {
  const file = await open(join(folder, "failing"), "wx");
  const zip = createZip(file, { at: new Date() });
  async function* failing(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from("begun"));
    throw new Error("the connection was cut");
  }
  await expect(zip.entry("a.csv", failing())).rejects.toThrow("the connection was cut");
  await file.close();
});

test("an abort ends an entry that would go on for ever", async () => {
  const file = await open(join(folder, "aborted"), "wx");
  const abort = new AbortController();
  const zip = createZip(file, { at: new Date() }, abort.signal);
  async function* endless(): AsyncGenerator<Buffer> {
    for (let chunks = 0; ; chunks += 1) {
      if (chunks === 100) abort.abort(new Error("enough"));
      yield await new Promise<Buffer>((resolve) => setImmediate(resolve, Buffer.alloc(1000)));
    }
  }
  await expect(zip.entry("a.csv", endless())).rejects.toThrow(/abort/i);
  await file.close();
});
