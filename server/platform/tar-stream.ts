import { paddingOf, tarEnd, tarHeader, tarredBytes } from "./tar.ts";

/** A file that is put into an archive. `bytes` is exactly what `content` gives. */
export type Packed = { path: string; bytes: number; content: () => AsyncIterable<Buffer> };

/** A fixed instant, in seconds: the same files make the same archive, whenever and by whomever. */
const SECONDS = Date.UTC(2000, 0, 1) / 1000;

/** A file whose content is at hand. */
export function packed(path: string, content: Buffer): Packed {
  return {
    path,
    bytes: content.length,
    async *content() {
      yield await Promise.resolve(content);
    },
  };
}

/** The bytes of an archive of these files. */
export function tarBytes(files: readonly Packed[]): number {
  return files.reduce((sum, { bytes }) => sum + tarredBytes(bytes), tarEnd.length);
}

/** Plain tar of these files, in order. */
export async function* tarStream(files: readonly Packed[]): AsyncGenerator<Buffer> {
  for (const { path, bytes, content } of files) {
    yield tarHeader({ path, bytes, seconds: SECONDS });
    yield* content();
    yield paddingOf(bytes);
  }
  yield tarEnd;
}
