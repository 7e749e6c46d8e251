/**
 * Arithmetic on decimal text. Money is never a float: each number becomes a whole number of its smallest places, and comes back as text. The
 * server computes what counts; this is what a form shows while it is filled in, by the same rule (half away from zero, as PostgreSQL does).
 */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
const MONEY_PLACES = 2;

type Scaled = { units: bigint; places: number };

/** Quantity times price, to two places; `null` while either is not a number yet. */
export function lineTotal(quantity: string, unitPrice: string): string | null {
  const [left, right] = [parse(quantity), parse(unitPrice)];
  if (left === null || right === null) return null;
  return format(round({ units: left.units * right.units, places: left.places + right.places }, MONEY_PLACES));
}

/** The sum of amounts, to two places; what is not a number yet counts as nothing. */
export function sum(amounts: readonly (string | null)[]): string {
  const places = 6;
  let units = 0n;
  for (const amount of amounts) {
    const scaled = amount === null ? null : parse(amount);
    if (scaled !== null) units += round(scaled, places).units;
  }
  return format(round({ units, places }, MONEY_PLACES));
}

function parse(text: string): Scaled | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign = "", whole = "0", fraction = ""] = match;
  return { units: BigInt(`${sign}${whole}${fraction}`), places: fraction.length };
}

function round(number: Scaled, places: number): Scaled {
  if (number.places <= places) return { units: number.units * 10n ** BigInt(places - number.places), places };
  const divisor = 10n ** BigInt(number.places - places);
  const half = number.units < 0n ? -divisor / 2n : divisor / 2n;
  return { units: (number.units + half) / divisor, places };
}

function format({ units, places }: Scaled): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** What was typed as decimal text: without blanks, and with a point where a comma can only mean one ("12,50"; "1,250" could be a thousand). */
export function tidyDecimal(typed: string): string {
  const text = typed.replace(/\s/gu, "");
  return /^\d+,\d{1,2}$/.test(text) ? text.replace(",", ".") : text;
}
