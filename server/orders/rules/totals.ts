import type { OrderLineInput } from "../contract.ts";

/** Cents that fit numeric(14,2). */
const MOST_CENTS = 10n ** 14n - 1n;

export type Totals = { lines: string[]; total: string };

/**
 * The lines' totals and their sum, in decimal: quantity (three places) times price (two places), rounded half up to two. `null` when the sum
 * has more digits than the database keeps.
 */
export function totalsOf(lines: readonly Pick<OrderLineInput, "quantity" | "unitPrice">[]): Totals | null {
  const cents = lines.map(({ quantity, unitPrice }) => {
    const thousandths = scaled(quantity, 3) * scaled(unitPrice, 2);
    return (thousandths + 500n) / 1000n;
  });
  const total = cents.reduce((sum, each) => sum + each, 0n);
  return total > MOST_CENTS ? null : { lines: cents.map(asMoney), total: asMoney(total) };
}

/** Unsigned decimal text as an integer of its smallest part. */
function scaled(text: string, places: number): bigint {
  const [whole = "0", part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(places, "0"));
}

function asMoney(cents: bigint): string {
  const digits = cents.toString().padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
