import type { Dice } from "./dice.ts";
import { createDice } from "./dice.ts";
import type { SampleItem } from "./items.ts";
import { makeItems } from "./items.ts";
import { COMPANIES, FIRST_NAMES, LAST_NAMES, NOTES, STREETS, TOWNS } from "./words.ts";

const DAY = 24 * 60 * 60 * 1000;
const TWO_YEARS = 730;

type SampleCustomer = { name: string; email: string; phone: string; address: string; notes: string; createdAt: Date };
type SampleLine = { item: number | null; description: string; quantity: string; unitPrice: string };
type SampleOrder = { customer: number; status: string; placedAt: Date; dueAt: Date | null; notes: string; lines: SampleLine[] };

export type Farm = {
  customers: SampleCustomer[];
  items: SampleItem[];
  /** Oldest first. Customers and items are named by their places in the lists above. */
  orders: SampleOrder[];
};

export type FarmSize = { customers: number; items: number; orders: number; until: Date };

/** A print farm of two years, the same for the same size and day. */
export function makeFarm(size: FarmSize): Farm {
  const dice = createDice(20_261_123);
  const start = new Date(size.until.getTime() - TWO_YEARS * DAY);
  const items = makeItems(dice, size.items);
  return {
    customers: Array.from({ length: size.customers }, () => makeCustomer(dice, start)),
    items,
    orders: Array.from({ length: size.orders }, (_, index) => {
      const age = TWO_YEARS * (1 - (index + 1) / size.orders);
      return makeOrder(dice, { customers: size.customers, until: size.until, age, items });
    }),
  };
}

function makeCustomer(dice: Dice, start: Date): SampleCustomer {
  const person = `${dice.pick(FIRST_NAMES)} ${dice.pick(LAST_NAMES)}`;
  const name = dice.chance(0.6) ? `${dice.pick(LAST_NAMES)} ${dice.pick(COMPANIES)}` : person;
  const host = `${name
    .toLowerCase()
    .replace(/[^a-z]+/g, "-")
    .replace(/^-|-$/g, "")}.example`;
  const [town, code] = dice.pick(TOWNS);
  return {
    name,
    email: dice.chance(0.92) ? `${dice.pick(["office", "hello", "orders", "info"])}@${host}` : "",
    phone: dice.chance(0.8) ? `+49 ${dice.between(30, 899)} ${dice.between(100_000, 9_999_999)}` : "",
    address: `${dice.pick(STREETS)} ${dice.between(1, 140)}\n${code} ${town}`,
    notes: dice.chance(0.2) ? dice.pick(NOTES) : "",
    createdAt: start,
  };
}

type OrderTerms = Pick<FarmSize, "customers" | "until"> & { age: number; items: readonly SampleItem[] };

function makeOrder(dice: Dice, { age, items, customers, until }: OrderTerms): SampleOrder {
  const placedAt = new Date(until.getTime() - Math.round(age * DAY) - dice.between(0, 3_600_000));
  const dueAt = dice.chance(0.85) ? new Date(placedAt.getTime() + dice.between(3, 28) * DAY) : null;
  return {
    customer: dice.skewed(customers),
    status: statusAt(dice, age),
    placedAt,
    dueAt,
    notes: dice.chance(0.12) ? dice.pick(NOTES) : "",
    lines: Array.from({ length: dice.between(1, 5) }, () => makeLine(dice, items)),
  };
}

function makeLine(dice: Dice, items: readonly SampleItem[]): SampleLine {
  const place = dice.skewed(items.length);
  const item = items[place];
  if (item === undefined || dice.chance(0.06)) {
    const unitPrice = `${dice.between(15, 180)}.00`;
    return {
      item: null,
      description: dice.pick(["Design work", "Express surcharge", "Post-processing"]),
      quantity: "1",
      unitPrice,
    };
  }
  const whole = dice.pick([1, 2, 2, 4, 5, 10, 20, 50]);
  const quantity = item.unit === "piece" ? String(whole) : `${dice.between(0, 9)}.${dice.between(100, 999)}`;
  return { item: place, description: item.name, quantity, unitPrice: item.price };
}

/** What is old has been shipped; what is new is on its way there. */
function statusAt(dice: Dice, age: number): string {
  if (dice.chance(0.03)) return "cancelled";
  if (age > 30) return "shipped";
  if (age > 14) return dice.pick(["shipped", "shipped", "ready"]);
  return age > 5 ? dice.pick(["printing", "ready", "printing"]) : dice.pick(["draft", "confirmed", "printing"]);
}
