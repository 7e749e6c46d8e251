import { readFileSync, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { baseEnv } from "./env.ts";
import { isErrno } from "./files.ts";
import { spawnAttached } from "./process.ts";

/** The exit code of `flock` when somebody else holds the lock (our choice, sysexits' EX_TEMPFAIL). */
export const LOCK_BUSY = 75;

/**
 * The words before a command that make it run under an exclusive flock(2) on `lockFile`, held by the very process that then becomes the
 * command, so for exactly as long as it lives (util-linux's flock, `--no-fork`). When the lock is taken, the command does not run and
 * the exit code is `LOCK_BUSY`. Node marks inherited descriptors close-on-exec, so children do not hold the lock.
 */
export function underLock(lockFile: string): readonly [program: string, ...args: string[]] {
  return ["flock", "--nonblock", "--conflict-exit-code", String(LOCK_BUSY), "--no-fork", lockFile];
}

/** The pid that holds a flock on the file, or `null`. Only looks (/proc/locks), never takes the lock for a moment as a trial would. */
export function lockHolder(lockFile: string): number | null {
  let inode: number;
  try {
    inode = statSync(lockFile).ino;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
  for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
    // "1: FLOCK  ADVISORY  WRITE 4242 08:01:131 0 EOF"; lines with "->" wait and do not hold.
    const [, type, , mode, pid, file] = line.split(/\s+/);
    if (type === "FLOCK" && mode === "WRITE" && file?.endsWith(`:${inode}`) === true) return Number(pid);
  }
  return null;
}

/**
 * Takes an exclusive flock(2) on the file for this very process, without waiting, and for as long as it lives; says whether it was got. Node
 * marks the descriptor close-on-exec, so children do not hold it.
 */
export async function takeLock(lockFile: string): Promise<boolean> {
  const handle = await lockedFile(lockFile);
  if (handle !== null) held.push(handle);
  return handle !== null;
}

/** Takes the lock as `takeLock` does, or `null`; what it returns gives the lock back. */
export async function borrowLock(lockFile: string): Promise<(() => Promise<void>) | null> {
  const handle = await lockedFile(lockFile);
  return handle === null ? null : () => handle.close();
}

/** The lock belongs to our open file, which flock(1) is only lent, so it ends with us, however we end. */
async function lockedFile(lockFile: string): Promise<FileHandle | null> {
  const handle = await open(lockFile, "a", 0o640);
  const child = spawnAttached("flock", ["--nonblock", "3"], {
    env: baseEnv(),
    stdio: ["ignore", "ignore", "ignore", handle.fd],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return handle;
  await handle.close();
  return null;
}

/** Kept from the garbage collector, which would close them and so give the locks away. */
const held: FileHandle[] = [];
