/** An entry of a release's archive, as its header describes it. */
export type ArchiveEntry = { path: string; type: string; size: number; mode: number; linkpath: string };

/** What was seen of an archive so far: the folders and files by path, which of them are links, and the bytes of all. */
export type Seen = { paths: Set<string>; links: Set<string>; bytes: number };

/** More than any build of ours has by far; a bomb has more. */
export const ARCHIVE_LIMITS = { entries: 100_000, bytes: 2 * 1024 ** 3, pathLength: 1000 } as const;

const SPECIAL_BITS = 0o6000;

/**
 * Why an entry may not be unpacked, or `null` when it may. Only folders, regular files and relative links that stay inside of `top` pass, each
 * path once, nothing below a link. Adds the entry to `seen`.
 */
export function refusalOf(entry: ArchiveEntry, top: string, seen: Seen): string | null {
  const path = entry.path.replace(/\/$/, "");
  const reason = shapeRefusal(path, top) ?? placeRefusal(path, entry, seen) ?? kindRefusal(entry, top);
  seen.paths.add(path);
  if (entry.type === "SymbolicLink") seen.links.add(path);
  seen.bytes += entry.size;
  if (reason !== null) return reason;
  if (seen.paths.size > ARCHIVE_LIMITS.entries) return `it has more than ${ARCHIVE_LIMITS.entries} files`;
  if (seen.bytes > ARCHIVE_LIMITS.bytes) return `it unpacks to more than ${ARCHIVE_LIMITS.bytes} bytes`;
  return null;
}

function shapeRefusal(path: string, top: string): string | null {
  const shown = JSON.stringify(path.slice(0, 100));
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const odd = path.length > ARCHIVE_LIMITS.pathLength || /[\u0000-\u001f\u007f\\]/.test(path);
  if (odd) return `it has a name that is not allowed: ${shown}`;
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) return `it has a path that is not allowed: ${shown}`;
  return parts[0] === top ? null : `it has something outside of its folder ${top}: ${shown}`;
}

function placeRefusal(path: string, entry: ArchiveEntry, seen: Seen): string | null {
  // tar programs repeat a folder without harm; a file that comes twice could first be a link.
  if (seen.paths.has(path) && entry.type !== "Directory") return `it has the same path twice: ${path}`;
  if (seen.links.has(path)) return `it has the same path twice: ${path}`;
  return parentsOf(path).some((parent) => seen.links.has(parent)) ? `it has a path that leads through a link: ${path}` : null;
}

function kindRefusal(entry: ArchiveEntry, top: string): string | null {
  if ((entry.mode & SPECIAL_BITS) !== 0) return `it has a file with special rights: ${entry.path}`;
  switch (entry.type) {
    case "File":
    case "OldFile":
    case "Directory":
      return null;
    case "SymbolicLink":
      return staysInside(entry.path, entry.linkpath, top) ? null : `it has a link that leads out: ${entry.path}`;
    default:
      return `it has something that is neither file nor folder: ${entry.path} (${entry.type})`;
  }
}

/** A link's `..` may only stand in front: behind the name of another link it would not mean what it says. */
function staysInside(path: string, target: string, top: string): boolean {
  const parts = target.split("/");
  const ups = parts.findIndex((part) => part !== "..");
  if (ups === -1 || parts.slice(ups).some((part) => part === ".." || part === "")) return false;
  const depth = path.split("/").length - 1;
  return top !== "" && ups < depth;
}

function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
