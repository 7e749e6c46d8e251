/**
 * The greater of a number and the one in a key, if the key is of the form that we give out ourselves: a prefix and at least five digits, no more zeros than
 * that. Others can never meet one of ours.
 */
export function raised(highest: string, key: string, prefix: string): string {
  if (!key.startsWith(prefix) || !/^(\d{5}|[1-9]\d{5,9})$/.test(key.slice(prefix.length))) return highest;
  const number = BigInt(key.slice(prefix.length));
  return number > BigInt(highest) ? number.toString() : highest;
}

/** So many numbers may be passed over to get beyond the highest. One that is further away will not be reached. */
export const MOST_PASSED = 10_000_000n;

/** How many numbers a sequence has to give out so that its next one is beyond the highest; 0 when it is, or when that is too far. */
export function toPass(last: bigint, highest: bigint): bigint {
  const gap = highest - last;
  return gap > 0n && gap <= MOST_PASSED ? gap : 0n;
}
