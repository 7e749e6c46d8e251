"use client";

import { usePathname, useSearchParams } from "next/navigation";
import type { z } from "zod";

type Changes = Record<string, string | number>;

export type ListAddress<Input> = {
  /** What the address asks for, checked by the list's own schema; an address that makes no sense shows the list as usual. */
  input: Input;
  /** The address with some things changed. Unless the page itself is named, it begins at page 1 again. */
  href: (changes: Changes) => string;
  /** Goes there at once without asking the server for the page: for what is typed. */
  replace: (changes: Changes) => void;
  /** Whether the address narrows the list down. */
  narrowed: boolean;
};

/** A list's state lives in its address: it can be kept, sent to somebody, and is there again on the way back. */
export function useListAddress<Schema extends z.ZodType<object>>(
  schema: Schema,
  narrowing: readonly string[],
): ListAddress<z.output<Schema>> {
  const pathname = usePathname();
  const params = useSearchParams();
  const asked = schema.safeParse(Object.fromEntries(params));
  const href = (changes: Changes) => {
    const next = new URLSearchParams(params);
    if (!("page" in changes)) next.delete("page");
    for (const [key, value] of Object.entries(changes)) {
      if (value === "" || (key === "page" && value === 1)) next.delete(key);
      else next.set(key, String(value));
    }
    const query = next.toString();
    return query === "" ? pathname : `${pathname}?${query}`;
  };
  return {
    input: asked.success ? asked.data : schema.parse({}),
    href,
    replace: (changes) => {
      window.history.replaceState(null, "", href(changes));
    },
    narrowed: narrowing.some((key) => (params.get(key) ?? "") !== ""),
  };
}

/** How a column's title sorts: a second click turns the order round. */
export function sortBy<Key extends string>(
  address: ListAddress<{ sort: Key; direction: "asc" | "desc" }>,
  key: Key,
): { href: string; direction: "asc" | "desc" | null } {
  const { sort, direction } = address.input;
  const next = sort === key && direction === "asc" ? "desc" : "asc";
  return { href: address.href({ sort: key, direction: next }), direction: sort === key ? direction : null };
}
