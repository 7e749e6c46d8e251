import { describe, expect, test } from "vitest";
import type { ArchiveEntry, Seen } from "./archive-entry.ts";
import { ARCHIVE_LIMITS, refusalOf } from "./archive-entry.ts";

const file = (path: string, more: Partial<ArchiveEntry> = {}): ArchiveEntry => {
  return { path, type: "File", size: 1, mode: 0o644, linkpath: "", ...more };
};
const link = (path: string, linkpath: string) => file(path, { type: "SymbolicLink", size: 0, linkpath });

/** What is said about the last of the entries. */
function judge(...entries: ArchiveEntry[]): string | null {
  const seen: Seen = { paths: new Set(), links: new Set(), bytes: 0 };
  return entries.map((entry) => refusalOf(entry, "top", seen)).at(-1) ?? null;
}

describe("an archive's entry", () => {
  test.each([
    ["a folder", [file("top/", { type: "Directory", mode: 0o755 })]],
    ["a file", [file("top/a/b.js")]],
    ["a folder twice", [file("top/a/", { type: "Directory" }), file("top/a/", { type: "Directory" })]],
    ["a name with dots", [file("top/..a/b...js")]],
    ["a link beside", [link("top/a", "b")]],
    ["a link down", [link("top/a", "b/c")]],
    ["a link up, inside", [link("top/a/b/c", "../../d")]],
    ["a link to the top itself", [link("top/a/b", "../c")]],
  ])("passes: %s", (_what, entries) => {
    expect(judge(...entries)).toBeNull();
  });

  test.each([
    ["absolute", [file("/etc/passwd")]],
    ["up", [file("../etc/passwd")]],
    ["up from inside", [file("top/../../etc/passwd")]],
    ["up and down again", [file("top/a/../b")]],
    ["another top folder", [file("other/a")]],
    ["the top folder's name as a prefix only", [file("topping/a")]],
    ["no path", [file("")]],
    ["an empty part", [file("top//a")]],
    ["a dot", [file("top/./a")]],
    ["a backslash", [file("top\\..\\a")]],
    ["a NUL", [file("top/a\u0000b")]],
    ["a newline", [file("top/a\nb")]],
    ["a name that is too long", [file(`top/${"a".repeat(ARCHIVE_LIMITS.pathLength)}`)]],
    ["a hard link", [file("top/a", { type: "Link", linkpath: "top/b" })]],
    ["a device", [file("top/a", { type: "CharacterDevice" })]],
    ["a pipe", [file("top/a", { type: "FIFO" })]],
    ["a sparse file", [file("top/a", { type: "SparseFile" })]],
    ["setuid", [file("top/a", { mode: 0o4755 })]],
    ["setgid", [file("top/a", { mode: 0o2755 })]],
    ["an absolute link", [link("top/a", "/etc/passwd")]],
    ["a link out", [link("top/a", "../b")]],
    ["a link far out", [link("top/a/b", "../../../b")]],
    ["a link to nowhere", [link("top/a/b", "..")]],
    ["a link whose .. follows the name of another link", [link("top/d/up", ".."), link("top/a", "d/up/../x")]],
    ["a file through a link", [link("top/a", "b"), file("top/a/c")]],
    ["a file over a link", [link("top/a", "b"), file("top/a")]],
    ["a folder over a link", [link("top/a", "b"), file("top/a/", { type: "Directory" })]],
    ["the same file twice", [file("top/a"), file("top/a")]],
    ["a bomb in one file", [file("top/a", { size: ARCHIVE_LIMITS.bytes + 1 })]],
    ["a bomb in two", [file("top/a", { size: ARCHIVE_LIMITS.bytes }), file("top/b")]],
  ])("is refused: %s", (_what, entries) => {
    expect(judge(...entries)).not.toBeNull();
  });

  test("there may not be too many", () => {
    const entries = Array.from({ length: ARCHIVE_LIMITS.entries + 1 }, (_, index) => file(`top/${index}`));
    expect(judge(...entries.slice(1))).toBeNull();
    expect(judge(...entries)).toContain("more than");
  });
});
