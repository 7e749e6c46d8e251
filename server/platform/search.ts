/** A filter for text that contains what was searched for, in any case. `%` and `_` are looked for as they are, not as wildcards. */
export function containing(search: string) {
  return { contains: search.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" } as const;
}
