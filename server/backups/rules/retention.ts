/**
 * Which backups go: good ones beyond the newest `keep` that nothing refers to. At least the newest good one always stays. What is damaged or
 * foreign is a person's to look at, and is not counted. A backup's id is a ULID, so the newest has the highest.
 */
export function retention(
  backups: readonly { id: string; good: boolean }[],
  { keep, referred }: { keep: number; referred: readonly string[] },
): string[] {
  const good = backups.filter((backup) => backup.good).map(({ id }) => id);
  const newestFirst = good.toSorted().toReversed();
  return newestFirst.slice(Math.max(1, keep)).filter((id) => !referred.includes(id));
}
