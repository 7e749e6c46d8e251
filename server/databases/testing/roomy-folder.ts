import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { exists } from "../../platform/files.ts";

/** Memory where there is plenty of it: tests make and drop hundreds of databases. */
export async function roomyFolder(): Promise<string> {
  const memory = "/dev/shm";
  if (!(await exists(memory))) return tmpdir();
  const { bavail, bsize } = await statfs(memory);
  return bavail * bsize > 2e9 ? memory : tmpdir();
}
