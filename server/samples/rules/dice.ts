/** Dice that fall the same way every time: a seeded generator (mulberry32), so that the farm is always the same one. */
export function createDice(seed: number) {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `from` to `to`, both included. */
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));

  return {
    between,
    /** Whether something happens that happens so often (0 to 1). */
    chance: (share: number): boolean => next() < share,
    /** Early places come up more often than late ones, as regular customers do. */
    skewed: (count: number): number => Math.floor(next() ** 2 * count),
    pick: <T>(from: readonly T[]): T => from[between(0, from.length - 1)] as T,
  };
}

export type Dice = ReturnType<typeof createDice>;
