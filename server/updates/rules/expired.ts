import type { Installation } from "./installation.ts";

const DAY_MS = 86_400_000;

/** Which replaced databases are past the undo period, and the versions that those still within it refer to. */
export function expired(
  { stack, putAside, database }: Installation,
  { now, undoDays }: { now: Date; undoDays: number },
): { databases: { name: string; oid: number }[]; keptVersions: string[] } {
  const isOver = (at: string) => now.getTime() - Date.parse(at) > undoDays * DAY_MS;
  const databases = [
    ...stack.filter((swap) => isOver(swap.at)).map((swap) => swap.kept),
    ...putAside.filter((aside) => isOver(aside.at)),
  ];
  return {
    databases: databases.filter(({ oid }) => oid !== database.oid).map(({ name, oid }) => ({ name, oid })),
    keptVersions: stack.filter((swap) => !isOver(swap.at)).map((swap) => swap.from.version),
  };
}
