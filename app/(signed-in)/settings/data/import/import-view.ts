import type { Entity } from "../../../../../server/exchange/contract.ts";
import type { MappedEntity, Phase, Policy, Preview, Report } from "../../../../../server/imports/contract.ts";
import type { Tone } from "../../../../_ui/tone.tsx";

/** What the page says of an import, in words. */

const number = (value: number) => new Intl.NumberFormat("en-GB").format(value);

const NOUNS: Record<Entity, { one: string; many: string }> = {
  customers: { one: "customer", many: "customers" },
  items: { one: "item", many: "items" },
  orders: { one: "order", many: "orders" },
  order_lines: { one: "order line", many: "order lines" },
  attachments: { one: "attachment", many: "attachments" },
  users: { one: "person", many: "people" },
  settings: { one: "setting", many: "settings" },
};

/** "1 order", "1,204 orders". */
export function counted(entity: Entity, count: number): string {
  return `${number(count)} ${count === 1 ? NOUNS[entity].one : NOUNS[entity].many}`;
}

/** The same as the name of a group: "Order lines". */
export function titled(entity: Entity): string {
  const { many } = NOUNS[entity];
  return many.charAt(0).toUpperCase() + many.slice(1);
}

export function isBusy({ kind }: Phase): boolean {
  return kind === "reading" || kind === "comparing" || kind === "applying";
}

/** How far work is; `percent` is `null` where nobody knows. */
export function progressOf(phase: Phase): { title: string; sentence: string; percent: number | null } | null {
  switch (phase.kind) {
    case "reading":
      return {
        title: "Reading the file",
        sentence: `${number(phase.rows)} rows read.`,
        percent: share(phase.bytes, phase.ofBytes),
      };
    case "comparing":
      return {
        title: "Comparing with your data",
        sentence: `${number(phase.rows)} of ${number(phase.ofRows)} rows compared. Nothing is changed yet.`,
        percent: share(phase.rows, phase.ofRows),
      };
    case "applying":
      return {
        title: "Importing",
        sentence: `${number(phase.rows)} of ${number(phase.ofRows)} rows. They appear all at once, at the end.`,
        percent: share(phase.rows, phase.ofRows),
      };
    case "mapping":
    case "ready":
    case "done":
    case "failed":
    case "cancelled":
    case "interrupted":
      return null;
  }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : (part / whole) * 100;
}

/** The state of an import in the list. */
export function stateOf(phase: Phase): { text: string; tone: Tone } {
  switch (phase.kind) {
    case "reading":
    case "comparing":
    case "applying":
      return { text: "At work", tone: "info" };
    case "mapping":
      return { text: "Waiting for you", tone: "info" };
    case "ready":
      return phase.preview.errors > 0 ? { text: "Has errors", tone: "danger" } : { text: "Waiting for you", tone: "info" };
    case "done":
      return { text: "Imported", tone: "good" };
    case "failed":
      return { text: "Not imported", tone: "danger" };
    case "cancelled":
      return { text: "Cancelled", tone: "neutral" };
    case "interrupted":
      return { text: "Interrupted", tone: "warn" };
  }
}

/** What one can choose, the safe way first. */
export function choices({ conflicts }: { conflicts: number }): { policy: Policy; title: string; text: string }[] {
  const theyStay =
    conflicts === 1
      ? "1 entry that was changed here since the export stays as it is."
      : `${number(conflicts)} entries that were changed here since the export stay as they are.`;
  const theyGo =
    conflicts === 1
      ? "1 entry that was changed here since the export is replaced by the file, too."
      : `${number(conflicts)} entries that were changed here since the export are replaced by the file, too.`;
  return [
    {
      policy: "add_only",
      title: "Only add what is not here yet",
      text: "Everything that is here stays exactly as it is.",
    },
    {
      policy: "skip",
      title: "Add, and update what nobody has changed here",
      text: conflicts === 0 ? "Nothing was changed here in the meantime." : theyStay,
    },
    {
      policy: "overwrite",
      title: "Take everything as it is in the file",
      text: conflicts === 0 ? "What differs is replaced by the file." : theyGo,
    },
  ];
}

/** What a choice will do, in one sentence. */
export function outcomeOf({ counts, newCustomers }: Preview, policy: Policy): string {
  const parts = counts
    .filter(({ entity }) => entity !== "order_lines")
    .flatMap(({ entity, added, changed, conflicts }) => {
      const updated = policy === "add_only" ? 0 : policy === "skip" ? changed : changed + conflicts;
      return [
        ...(added > 0 ? [`${counted(entity, added)} added`] : []),
        ...(updated > 0 ? [`${counted(entity, updated)} updated`] : []),
      ];
    });
  const all = newCustomers > 0 ? [...parts, `${counted("customers", newCustomers)} made from names`] : parts;
  return all.length === 0 ? "Nothing will change." : `${list(all)}.`;
}

/** What was done. */
export function reportWords({ counts, newCustomers }: Report): string[] {
  const said = counts.map(({ entity, added, changed, unchanged }) => {
    const parts = [
      ...(added > 0 ? [`${number(added)} added`] : []),
      ...(changed > 0 ? [`${number(changed)} updated`] : []),
      ...(unchanged > 0 ? [`${number(unchanged)} left as they were`] : []),
    ];
    return `${titled(entity)}: ${parts.join(", ")}.`;
  });
  return newCustomers > 0 ? [...said, `${counted("customers", newCustomers)} made because orders name them.`] : said;
}

function list(parts: string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

const LABELS: Readonly<Record<string, string>> = {
  number: "Number",
  sku: "SKU",
  placed_at: "Date of the order",
  due_at: "Due date",
  created_at: "Created",
  selling_price: "Selling price",
  standard_cost: "Standard cost",
  on_hand: "On hand",
  reorder_point: "Reorder point",
  unit_price: "Price of one",
  line_total: "Total of the line",
  lines: "Lines, as one text",
  order: "Number of the order",
  item: "SKU of the item",
  customer: "Customer (number, name or e-mail)",
};

/** A column of ours as people call it. */
export function labelOf(column: string): string {
  return LABELS[column] ?? column.charAt(0).toUpperCase() + column.slice(1).replaceAll("_", " ");
}

export const ENTITY_CHOICES: { value: MappedEntity; text: string }[] = [
  { value: "customers", text: "Customers" },
  { value: "items", text: "Items (products, materials)" },
  { value: "orders", text: "Orders" },
  { value: "order_lines", text: "Lines of orders" },
];

/** Where one looks for a finding: "orders.csv, row 12, column “total”". */
export function placeOf({ file, row, column }: { file: string; row: number | null; column: string | null }): string {
  return [file, ...(row === null ? [] : [`row ${number(row)}`]), ...(column === null ? [] : [`column “${column}”`])].join(", ");
}
