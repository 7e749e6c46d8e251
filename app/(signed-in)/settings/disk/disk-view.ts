import type { DiskUse, KeptDatabase, StoredRelease } from "../../../../server/updates/disk-contract.ts";
import { plural } from "../../../_update/words.ts";

/** One thing that takes space, in words. */
export type DiskRow = {
  key: string;
  what: string;
  detail: string | null;
  bytes: number;
  fate: {
    text: string;
    /** The moment that ends the sentence. */
    at?: string;
    /** Where a person can do something about it. */
    page?: { href: string; text: string };
  };
};

/** All that takes space, the largest first; what takes nothing is left out. */
export function diskRows(use: DiskUse): DiskRow[] {
  const rows = [database(use), ...use.keptDatabases.map(keptDatabase), backups(use), files(use), ...use.releases.map(release)];
  return [...rows, copies(use), exported(use), imported(use), bundles(use), records(use)]
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes);
}

/** Their sum, in bytes. */
export function takenBytes(use: DiskUse): number {
  return diskRows(use).reduce((sum, { bytes }) => sum + bytes, 0);
}

function database({ database: { bytes } }: DiskUse): DiskRow {
  return { key: "database", what: "Your data", detail: "The database that you work with.", bytes, fate: { text: "Stays." } };
}

function keptDatabase({ role, version, replacedAt, until, bytes }: KeptDatabase, index: number): DiskRow {
  const detail =
    role === "put-aside"
      ? "What was entered before an update or a restore was undone."
      : "What was there before an update or a restore: the way back.";
  const what = version === null ? "Data that was put aside" : `Your data as it was with FilaOps ${version}`;
  return { key: `kept-${replacedAt}-${index}`, what, detail, bytes, fate: { text: "Goes by itself:", at: until } };
}

function backups({ backups: { bytes, count, removable, goNext } }: DiskUse): DiskRow {
  const next = goNext === 0 ? "" : ` ${plural(goNext, "backup")} will go with the next one.`;
  const byHand =
    removable === 0
      ? "None can be removed now."
      : `Go by your rules; ${count === removable ? "all" : removable} may be removed by hand.`;
  return {
    ...{ key: "backups", what: plural(count, "backup"), bytes },
    detail: "Files that several backups hold are on the disk once.",
    fate: { text: `${byHand}${next}`, page: { href: "/settings/backups", text: "Backups" } },
  };
}

function files({ files: { bytes, count } }: DiskUse): DiskRow {
  return {
    ...{ key: "files", what: plural(count, "uploaded file"), detail: "Pictures of items, and files of orders.", bytes },
    fate: { text: "Stay as long as something refers to them, a backup included." },
  };
}

const RELEASE_FATES: Record<StoredRelease["role"], string> = {
  installed: "Runs now: stays.",
  "way-back": "Stays as long as the update can be undone.",
  service: "Stays as long as the update service runs from it.",
  "left-over": "Goes by itself with the next clean-up.",
};

function release({ version, bytes, role }: StoredRelease): DiskRow {
  return {
    key: `release-${version}`,
    what: `FilaOps ${version}`,
    detail: "The program.",
    bytes,
    fate: { text: RELEASE_FATES[role] },
  };
}

function copies({ copies: { bytes } }: DiskUse): DiskRow {
  return {
    ...{ key: "copies", what: "Copies on their way elsewhere", detail: null, bytes },
    fate: { text: "Go once they have arrived.", page: { href: "/settings/copies", text: "Copies elsewhere" } },
  };
}

function exported({ exports: { bytes } }: DiskUse): DiskRow {
  return {
    ...{ key: "exports", what: "Exports", detail: null, bytes },
    fate: { text: "Go after a week, or by hand.", page: { href: "/settings/data", text: "Data" } },
  };
}

function imported({ imports: { bytes } }: DiskUse): DiskRow {
  return {
    ...{ key: "imports", what: "Files that were brought in", detail: null, bytes },
    fate: { text: "Go after a week.", page: { href: "/settings/data/import", text: "Import" } },
  };
}

function bundles({ bundles: { bytes, count } }: DiskUse): DiskRow {
  return {
    ...{ key: "bundles", what: plural(count, "release bundle"), detail: "New versions that were brought here as files.", bytes },
    fate: { text: "Go by hand.", page: { href: "/settings/updates", text: "Updates" } },
  };
}

function records({ records: { bytes } }: DiskUse): DiskRow {
  return {
    ...{ key: "records", what: "Logs and records", detail: "Of updates, restores and backups.", bytes },
    fate: { text: "Old ones of backups go by themselves." },
  };
}
