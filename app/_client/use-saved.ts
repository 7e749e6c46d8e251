"use client";

import { useQueryClient } from "@tanstack/react-query";
import type { QueryKey } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useNotify } from "../_ui/notify.tsx";

/** What follows a save: the lists that show it are read again, a sentence says so, and the reader goes on. */
export function useSaved(): (what: { changed: QueryKey[]; say: string; goTo?: string }) => Promise<void> {
  const queries = useQueryClient();
  const router = useRouter();
  const { notify } = useNotify();
  return async ({ changed, say, goTo }) => {
    notify(say);
    if (goTo !== undefined) router.push(goTo);
    await Promise.all(changed.map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
}
