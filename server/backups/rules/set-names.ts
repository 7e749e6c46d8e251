/** The database's dump lies flat in its folder; no name of pg_dump begins with a dot, those that macOS adds do. */
const SET_NAME = /^(manifest\.json|SHA256SUMS|README\.txt|database\/(?!\.)[A-Za-z0-9._-]{1,80}|files\/[0-9a-f]{64})$/;
const SET_FOLDER = /^(database|files)$/;
const TOP_FOLDER = /^(\.|(?!\.)[A-Za-z0-9._-]{1,64})$/;

/** Whether a backup set may hold a file of this path. Such a path is safe to join to a folder: nothing in it leads out. */
export function isSetName(path: string): boolean {
  return SET_NAME.test(path);
}

/** An entry of an archive as it is called there; folders without the slash at their end. */
export type NamedEntry = { path: string; isFolder: boolean };

/** What an archive's entries were so far: the folder that all lie below (`""`: none), and all paths in lower case. */
export type SeenNames = { top: string | null; taken: Set<string> };

export type Judged = { kind: "file"; name: string } | { kind: "folder" } | { kind: "refused"; reason: string };

/**
 * What to do with the next entry of an archive that is said to be a backup set: only paths that a set may have are taken, all of them below
 * the same single folder or all below none, each once whatever its case. Notes in `seen` what it takes.
 */
export function judgeName(entry: NamedEntry, seen: SeenNames): Judged {
  const placed = placeOf(entry, seen.top);
  if (placed === null) return { kind: "refused", reason: `${shown(entry.path)} does not belong into a backup` };
  const key = placed.name.toLowerCase();
  if (seen.taken.has(key)) return { kind: "refused", reason: `${shown(placed.name)} is in it twice` };
  seen.top = placed.top;
  seen.taken.add(key);
  return entry.isFolder ? { kind: "folder" } : { kind: "file", name: placed.name };
}

/** The top folder (`""`: none) and the name below it. Once the top is known, nothing else is one. */
function placeOf({ path, isFolder }: NamedEntry, top: string | null): { top: string; name: string } | null {
  const fits = (name: string) => (isFolder ? SET_FOLDER.test(name) : isSetName(name));
  if (top !== null && top !== "") {
    if (path === top) return isFolder ? { top, name: "" } : null;
    const name = path.slice(top.length + 1);
    return path.startsWith(`${top}/`) && fits(name) ? { top, name } : null;
  }
  if (fits(path)) return { top: "", name: path };
  return top === null ? firstPlace({ path, isFolder }, fits) : null;
}

/** The first entry that lies below a folder, or is one, says what the top folder is called. */
function firstPlace({ path, isFolder }: NamedEntry, fits: (name: string) => boolean): { top: string; name: string } | null {
  const slash = path.indexOf("/");
  const top = slash === -1 ? path : path.slice(0, slash);
  if (!TOP_FOLDER.test(top)) return null;
  if (slash === -1) return isFolder ? { top, name: "" } : null;
  const name = path.slice(slash + 1);
  return fits(name) ? { top, name } : null;
}

/** A path from an archive in a sentence: never long, nothing in it that a terminal or a page would act on. */
function shown(path: string): string {
  const plain = path.replaceAll(/[^ -~]/g, "?");
  return `“${plain.length > 80 ? `${plain.slice(0, 80)}…` : plain}”`;
}
