import type { KeptDatabase, StoredRelease } from "../disk-contract.ts";
import { undoEnd } from "./expired.ts";
import type { Installation } from "./installation.ts";

type Sized = KeptDatabase & { oid: number };

/** Every database that was replaced and is not dropped yet, the newest first, without its size: that is asked of the server by oid. */
export function keptDatabases({ stack, putAside }: Installation, undoDays: number): Omit<Sized, "bytes">[] {
  const until = (at: string) => undoEnd(at, undoDays).toISOString();
  const replaced = stack.map(({ kept, from, at }) => ({
    ...{ oid: kept.oid, role: "way-back" as const, version: from.version, replacedAt: at, until: until(at) },
  }));
  const aside = putAside.map(({ oid, at }) => ({
    ...{ oid, role: "put-aside" as const, version: null, replacedAt: at, until: until(at) },
  }));
  return [...replaced, ...aside].toSorted((a, b) => b.replacedAt.localeCompare(a.replacedAt));
}

/** What a version that is here is for. */
export function roleOfRelease(
  version: string,
  { installed, wayBack, running }: { installed: string; wayBack: readonly string[]; running: readonly string[] },
): StoredRelease["role"] {
  if (version === installed) return "installed";
  if (wayBack.includes(version)) return "way-back";
  return running.includes(version) ? "service" : "left-over";
}
