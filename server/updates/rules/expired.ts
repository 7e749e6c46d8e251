import type { Installation } from "./installation.ts";

const DAY_MS = 86_400_000;

/** Until when something that was replaced then is kept and can be swapped back. */
export function undoEnd(at: string, undoDays: number): Date {
  return new Date(Date.parse(at) + undoDays * DAY_MS);
}

/** Which replaced databases are past the undo period, and the versions that those still within it refer to. */
export function expired(
  { stack, putAside, database }: Installation,
  { now, undoDays }: { now: Date; undoDays: number },
): { databases: { name: string; oid: number }[]; keptVersions: string[] } {
  const isOver = (at: string) => now > undoEnd(at, undoDays);
  const databases = [
    ...stack.filter((swap) => isOver(swap.at)).map((swap) => swap.kept),
    ...putAside.filter((aside) => isOver(aside.at)),
  ];
  return {
    databases: databases.filter(({ oid }) => oid !== database.oid).map(({ name, oid }) => ({ name, oid })),
    keptVersions: stack.filter((swap) => !isOver(swap.at)).map((swap) => swap.from.version),
  };
}
