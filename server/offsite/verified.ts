import { createHash } from "node:crypto";
import { AppError } from "../platform/errors.ts";

/**
 * Hands on what comes, and fails at the end when it was not what was expected: without a digest only the size counts. More bytes than expected
 * are not handed on.
 */
export async function* verified(
  content: AsyncIterable<Buffer>,
  about: { where: string; what: string; expected: { bytes: number; sha256: string | null } },
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const { expected, where, what } = about;
  const differs = (reason: string) => new AppError("offsite-differs", { where, what, reason });
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > expected.bytes) throw differs(`it has more than ${expected.bytes} bytes`);
    hash.update(chunk);
    onBytes?.(bytes);
    yield chunk;
  }
  if (bytes !== expected.bytes) throw differs(`it has ${bytes} bytes instead of ${expected.bytes}`);
  if (expected.sha256 !== null && hash.digest("hex") !== expected.sha256) throw differs("its checksum is another");
}
