"use client";

import { useFarm } from "./farm.tsx";

const LOCALE = "en-GB";

/** An amount of money (decimal text) in the farm's currency. The text goes to the formatter as it is: no float comes in between. */
export function Money({ amount }: { amount: string }) {
  const { currency } = useFarm();
  return <span className="whitespace-nowrap">{moneyWords(amount, currency)}</span>;
}

/** An amount of money in words: "€1,234.50". */
export function moneyWords(amount: string, currency: string): string {
  return new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency,
    maximumFractionDigits: 4,
    minimumFractionDigits: 2,
  }).format(amount as Intl.StringNumericLiteral);
}

/** How much there is of something counted in a unit: "0.75 kg", "1 piece", "3 pieces". */
export function amountWords(quantity: string, unit: string): string {
  const number = quantityWords(quantity);
  return `${number} ${unit === "piece" && number !== "1" ? "pieces" : unit}`;
}

/** A quantity (decimal text) without needless zeros: "3", "0.75". */
export function quantityWords(quantity: string): string {
  return new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 3 }).format(quantity as Intl.StringNumericLiteral);
}
