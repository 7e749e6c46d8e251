/** One entry of the folder of stored files; times in milliseconds since 1970. */
export type PresentFile = { name: string; modifiedAt: number };

export type Collecting = {
  /** What lies in the folder, listed *before* it was asked what is referred to: what was named in between is then among the latter. */
  present: readonly PresentFile[];
  /** The sha256s that any kept database or any backup refers to. */
  referred: ReadonlySet<string>;
  /**
   * A moment in milliseconds since 1970. What was written or uploaded again after it stays: the save that is to name it may be still to come.
   * A day before now is right; a form is seldom open for longer.
   */
  youngerThan: number;
};

/** The names in the folder that may go: content that nothing refers to, and what uploads that were cut off left behind. */
export function collectable({ present, referred, youngerThan }: Collecting): string[] {
  return present.filter(({ name, modifiedAt }) => modifiedAt < youngerThan && !referred.has(name)).map(({ name }) => name);
}
