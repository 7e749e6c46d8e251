import { expect, test } from "vitest";
import { tarOf } from "../../releases/testing/make-bundle.ts";
import { judgedLoad } from "./judged-load.ts";

const [CONFIG, LAYER] = [`blobs/sha256/${"c".repeat(64)}`, `blobs/sha256/${"1".repeat(64)}`];
const SAVED = [{ Config: CONFIG, RepoTags: null as string[] | null, Layers: [LAYER] }];
const LISTED = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: `sha256:${"a".repeat(64)}`, size: 3 };
const PLAIN = {
  "oci-layout": `{"imageLayoutVersion":"1.0.0"}`,
  "index.json": JSON.stringify({ schemaVersion: 2, manifests: [LISTED] }),
  "manifest.json": JSON.stringify(SAVED),
  [CONFIG]: "{}",
  [LAYER]: "x".repeat(100_000),
};

/** What passes of an archive that comes in pieces of so many bytes; what had passed when it was refused is in `sent`. */
async function pass(archive: Buffer, bytes: number, sent: Uint8Array[] = []): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(archive.length / bytes) }, (_, at) =>
    archive.subarray(at * bytes, (at + 1) * bytes),
  );
  async function* source() {
    for (const piece of pieces) yield await Promise.resolve(piece);
  }
  for await (const chunk of judgedLoad(source())) sent.push(chunk);
  return Buffer.concat(sent);
}

test.each([512, 1000, 65_536, 1_000_000])("one image without a name passes as it is, in pieces of %i bytes", async (bytes) => {
  const archive = await tarOf(PLAIN);
  expect((await pass(archive, bytes)).equals(archive)).toBe(true);
});

const named = [{ ...SAVED[0], RepoTags: ["postgres:17"] }];
const annotated = { schemaVersion: 2, manifests: [{ ...LISTED, annotations: { "io.containerd.image.name": "postgres:17" } }] };

test.each<[string, Record<string, string>]>([
  ["a name", { ...PLAIN, "manifest.json": JSON.stringify(named) }],
  ["a name for containerd", { ...PLAIN, "index.json": JSON.stringify(annotated) }],
  ["two images", { ...PLAIN, "manifest.json": JSON.stringify([...SAVED, ...SAVED]) }],
  ["the names of old archives", { ...PLAIN, repositories: `{"postgres":{"17":"x"}}` }],
  ["a layer of a folder of its own", { ...PLAIN, "x/layer.tar": "x" }],
  ["a path that climbs out", { ...PLAIN, "manifest.json": JSON.stringify([{ ...SAVED[0], Layers: ["../../etc/shadow"] }]) }],
  ["no manifest.json", { [CONFIG]: "{}" }],
  ["a manifest.json that is none", { ...PLAIN, "manifest.json": "{" }],
  ["a manifest.json without end", { ...PLAIN, "manifest.json": " ".repeat(100_000) }],
])("refused before it has gone: %s", async (_, files) => {
  for (const bytes of [512, 65_536]) {
    const sent: Uint8Array[] = [];
    await expect(pass(await tarOf(files), bytes, sent)).rejects.toThrow();
    expect(Buffer.concat(sent).includes("postgres")).toBe(false);
  }
});

test("two that have one name, of which an engine might take the second", async () => {
  const [first, second] = [await tarOf(PLAIN), await tarOf({ "manifest.json": JSON.stringify(named) })];
  await expect(pass(Buffer.concat([first.subarray(0, -1024), second]), 512)).rejects.toThrow("it is not one plain image");
});
