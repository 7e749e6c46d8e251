import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { create } from "tar";

/** A fixed instant: the same files make the same archive, whenever and by whomever. */
const MTIME = new Date("2000-01-01T00:00:00Z");
const EXECUTABLE = 0o111;

/** Packs `<parent>/<top>` into a gzipped tar file; the same content gives the same bytes. Returns its digest and size. */
export async function packFolder({
  parent,
  top,
  file,
}: {
  parent: string;
  top: string;
  file: string;
}): Promise<{ sha256: string; bytes: number }> {
  const entries = await readdir(join(parent, top), { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => relative(parent, join(entry.parentPath, entry.name)));
  await create(
    {
      file,
      cwd: parent,
      gzip: { level: 2 },
      portable: true,
      mtime: MTIME,
      noDirRecurse: true,
      strict: true,
      onWriteEntry: (entry) => {
        // Who may read what must not depend on the umask of whoever packs.
        if (entry.stat?.isSymbolicLink() === false) entry.stat.mode = modeOf(entry.stat);
      },
    },
    [top, ...paths.toSorted(byBytes)],
  );
  return { sha256: await digestOf(file), bytes: (await stat(file)).size };
}

function modeOf(stats: { mode: number; isDirectory: () => boolean }): number {
  const runs = stats.isDirectory() || (stats.mode & EXECUTABLE) !== 0;
  return (stats.mode & ~0o7777) | (runs ? 0o755 : 0o644);
}

/** The same order everywhere, which `localeCompare` does not promise. */
function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
