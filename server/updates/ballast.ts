import { open } from "node:fs/promises";
import { makeFolder, remove, syncFolder } from "../platform/files.ts";
import { dirname } from "node:path";

const BYTES = 1024 * 1024;

/** A file of no content that matters that is given up when the journal meets a full disk, so that a run can always write down how it ends. */
export function createBallast(path: string) {
  return {
    reserve: async () => {
      await makeFolder(dirname(path));
      const handle = await open(path, "w");
      try {
        await handle.write(Buffer.alloc(BYTES, 1), 0, BYTES, 0);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncFolder(dirname(path));
    },
    release: () => remove(path),
  };
}
