import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Source } from "./object-store.ts";

/** A file whose size and digest are known. It is opened for each part, never followed through a link. */
export function fileSource(path: string, { bytes, sha256 }: { bytes: number; sha256: string }): Source {
  return {
    bytes,
    sha256,
    read: async (start, length) => {
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const part = Buffer.allocUnsafe(length);
        for (let at = 0; at < length;) {
          const { bytesRead } = await handle.read(part, at, length - at, start + at);
          if (bytesRead === 0) throw new Error(`${path} is shorter than it was`);
          at += bytesRead;
        }
        return part;
      } finally {
        await handle.close();
      }
    },
  };
}

/** Something small that is in memory. */
export function bufferSource(content: Buffer): Source {
  return {
    bytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
    read: (start, length) => Promise.resolve(content.subarray(start, start + length)),
  };
}
