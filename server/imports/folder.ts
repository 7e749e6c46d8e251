import { createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { decodeTime } from "ulid";
import { z } from "zod";
import type { Ulid } from "../platform/contract.ts";
import { instantSchema, ulidSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { freeBytes, isErrno, makeFolder, readJson, remove, writeAtomically } from "../platform/files.ts";
import type { Import } from "./contract.ts";
import { importSchema, KEPT_DAYS, LIMITS } from "./contract.ts";
import type { Source } from "./source.ts";
import { sourceSchema } from "./source.ts";

/** What stays free on the disk whatever people upload: the database may lie on it, too. */
const RESERVE_BYTES = 256 * 1024 * 1024;

const storedSchema = z.object({
  v: z.literal(1),
  import: importSchema,
  /** When the process that works on it last said so. */
  beatAt: instantSchema,
});

/** The imports on disk, each in a folder of its own. What is in an upload never names a path here. */
export function importsFolder(folder: string) {
  const pathOf = (id: Ulid, name = "") => join(folder, ulidSchema.parse(id), name);
  return {
    of: (id: Ulid) => pathOf(id),
    upload: (id: Ulid) => pathOf(id, "upload"),

    /** Keeps what is uploaded; gives its bytes. Throws `import-too-large` and `disk-full`; then nothing of it is left. */
    async receive(id: Ulid, content: AsyncIterable<Uint8Array>): Promise<number> {
      await makeFolder(pathOf(id), 0o700).catch((error: unknown) => {
        throw inWords(error, folder);
      });
      let bytes = 0;
      async function* counted(): AsyncGenerator<Uint8Array> {
        for await (const chunk of content) {
          bytes += chunk.byteLength;
          if (bytes > LIMITS.uploadBytes) throw new AppError("import-too-large", { mostBytes: LIMITS.uploadBytes });
          yield chunk;
        }
      }
      try {
        await needRoom(folder, 0);
        await pipeline(Readable.from(counted()), createWriteStream(pathOf(id, "upload"), { mode: 0o600, flags: "wx" }));
        if (bytes === 0) throw new AppError("file-empty", {});
        return bytes;
      } catch (error) {
        await remove(pathOf(id));
        throw inWords(error, folder);
      }
    },

    async write(found: Import, beatAt: Date): Promise<void> {
      await writeAtomically(pathOf(found.id, "import.json"), JSON.stringify({ v: 1, import: found, beatAt }), 0o600);
    },

    read: (id: Ulid) => readJson(pathOf(id, "import.json"), storedSchema),

    writeSource: (id: Ulid, source: Source) => writeAtomically(pathOf(id, "source.json"), JSON.stringify(source), 0o600),
    async readSource(id: Ulid): Promise<Source> {
      const source = await readJson(pathOf(id, "source.json"), sourceSchema);
      if (source === null) throw new AppError("not-found", { what: "import" });
      return source;
    },

    /** The newest first. */
    async list(): Promise<Ulid[]> {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isErrno(error, "ENOENT")) return [];
        throw inWords(error, folder);
      });
      return names
        .filter((name) => ulidSchema.safeParse(name).success)
        .toSorted()
        .toReversed();
    },

    /** Takes away what is large and not needed any more. */
    async shrink(id: Ulid): Promise<void> {
      for (const name of ["upload", "staged", "staged.index.json"]) await remove(pathOf(id, name));
    },

    remove: (id: Ulid) => remove(pathOf(id)),

    /** Whether it was uploaded so long ago that it goes; its name says when, whatever a disk remembers. */
    isOld: (id: Ulid, now: Date): boolean => now.getTime() - decodeTime(id) > KEPT_DAYS * 86_400_000,

    needRoom: (bytes: number) => needRoom(folder, bytes),
  };
}

export type ImportsFolder = ReturnType<typeof importsFolder>;

async function needRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  const neededBytes = RESERVE_BYTES + bytes;
  if (free < neededBytes) throw new AppError("disk-full", { path: folder, neededBytes, freeBytes: free });
}

function inWords(error: unknown, folder: string): unknown {
  const reason = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "EROFS", "EIO", "ENOSPC"].find((code) => isErrno(error, code));
  return reason === undefined ? error : new AppError("imports-away", { folder, reason }, { cause: error });
}
