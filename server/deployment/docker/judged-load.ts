import { TarError, TarReader } from "../../platform/tar.ts";
import type { Described } from "./rules/loaded-image.ts";
import { isPlainImage, kindOfLoaded } from "./rules/loaded-image.ts";

/** What is read as a whole to be judged is never larger. */
const MOST_BYTES = 64 * 1024;

/**
 * Hands an archive on that is to be loaded into the engine, as it comes, as long as it is one image without a name. Throws `TarError` before the first byte
 * that is anything else has gone; the engine loads nothing of an archive that breaks off.
 */
export async function* judgedLoad(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  const reader = new TarReader(remembering(source, waiting));
  const seen = new Set<string>();
  for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
    const kind = entry.isFolder ? null : kindOfLoaded(entry.path);
    if (kind === null || seen.has(entry.path)) throw new TarError("it is not one plain image");
    seen.add(entry.path);
    if (kind === "blob") yield* passed(reader.content(entry.bytes), waiting);
    else await judge(kind, entry.bytes, reader);
    yield* waiting.splice(0, waiting.length - 1);
  }
  if (!seen.has("manifest.json")) throw new TarError("it has no manifest.json");
  yield* waiting.splice(0);
}

async function* remembering(source: AsyncIterable<Uint8Array>, waiting: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    waiting.push(chunk);
    yield chunk;
  }
}

async function* passed(content: AsyncIterator<Buffer>, waiting: Uint8Array[]): AsyncGenerator<Uint8Array> {
  while ((await content.next()).done !== true) {
    // The last chunk may hold the beginning of what is judged next.
    yield* waiting.splice(0, waiting.length - 1);
  }
}

async function judge(kind: Described, bytes: number, reader: TarReader): Promise<void> {
  if (bytes > MOST_BYTES) throw new TarError(`${kind} in it is too large`);
  const text = Buffer.concat(await Array.fromAsync(reader.content(bytes))).toString("utf8");
  if (!isPlainImage(kind, text)) throw new TarError(`${kind} in it says more than an image`);
}
