import type { ClientBase } from "pg";
import { totalsOf } from "../orders/rules/totals.ts";
import type { Contents } from "./contents.ts";
import type { RowClass } from "./rules/classify.ts";
import { classify } from "./rules/classify.ts";
import type { Found, PlainEntity } from "./rows.ts";
import { customersCalled, findAttachments, findLines, findRows, grouped } from "./rows.ts";
import type { Source } from "./source.ts";
import { hasEntity } from "./source.ts";
import type { Staged, StagedLine, Value } from "./staging.ts";

/** Where a column stands in a staged row, in the order of an export. */
export const AT = {
  image: 10,
  customer: 1,
  status: 2,
  placedAt: 3,
  dueAt: 4,
  notes: 5,
  total: 6,
  createdAt: 7,
  /** Of an order of another tool: its lines as text. */
  linesText: 8,
} as const;

export type Comparing = { client: ClientBase; source: Source; contents: Contents; lock: boolean };

export type ComparedRow = { line: StagedLine; key: string; values: Value[]; found: Found | undefined; what: RowClass };

/** Rows of one bucket that stand for themselves, each key once, beside what is here. */
export async function comparePlain(
  { client, source, contents, lock }: Comparing,
  entity: PlainEntity,
  lines: readonly StagedLine[],
): Promise<ComparedRow[]> {
  const rows = lines.filter(({ bad }) => !bad);
  const keys = rows.map(keyOf);
  const found = await findRows(client, entity, { keys, lock });
  const compared: ComparedRow[] = [];
  for (const line of rows) {
    const values = entity === "items" ? await withKnownImage(line.values, contents) : line.values;
    const present = found.get(keyOf(line));
    compared.push({ line, key: keyOf(line), values, found: present, what: classify(values, present, source.exportedAt) });
  }
  return compared;
}

/** A picture whose content nobody has is left out: the item keeps the one that it has. */
async function withKnownImage(values: Value[], contents: Contents): Promise<Value[]> {
  const sha256 = values[AT.image];
  if (typeof sha256 !== "string") return values;
  const found = await contents.find(sha256, "image");
  return "at" in found && found.at !== "none" ? values : values.with(AT.image, undefined);
}

/** All that the file says about one order. */
export type OrderParts = { number: string; heads: StagedLine[]; lines: StagedLine[]; attachments: StagedLine[] };

/** The orders of a bucket, put together. */
function assemble(read: Record<"orders" | "order_lines" | "attachments", StagedLine[]>): OrderParts[] {
  const orders = new Map<string, OrderParts>();
  const partsOf = (line: StagedLine) => {
    const number = keyOf(line);
    let parts = orders.get(number);
    if (parts === undefined) orders.set(number, (parts = { number, heads: [], lines: [], attachments: [] }));
    return parts;
  };
  for (const line of read.orders) partsOf(line).heads.push(line);
  for (const line of read.order_lines) partsOf(line).lines.push(line);
  for (const line of read.attachments) partsOf(line).attachments.push(line);
  return [...orders.values()];
}

/** What is staged of the orders of a bucket; `rows` of them and of their lines. */
export async function readOrders(staged: Staged, bucket: number): Promise<{ rows: number; parts: OrderParts[] }> {
  const orders = await staged.read("orders", bucket);
  const order_lines = await staged.read("order_lines", bucket);
  const attachments = await staged.read("attachments", bucket);
  return { rows: orders.length + order_lines.length, parts: assemble({ orders, order_lines, attachments }) };
}

export type OrderLine = [
  position: string,
  item: string | null,
  description: string,
  quantity: string,
  price: string,
  total: string,
];

export type ComparedOrder = {
  parts: OrderParts;
  head: StagedLine | undefined;
  values: Value[];
  /** As they would be; `null` when the file says nothing of lines. */
  lines: OrderLine[] | null;
  found: Found | undefined;
  /** The sum of the lines that are here; `null` for a new order. */
  what: RowClass;
  /** Attachments that are not here yet. */
  newAttachments: StagedLine[];
  knownAttachments: number;
};

/** Orders with their lines beside what is here; an order is the same only if its lines are, too. */
export async function compareOrders(
  { client, source, contents, lock }: Comparing,
  all: readonly OrderParts[],
): Promise<ComparedOrder[]> {
  const found = await findRows(client, "orders", { keys: all.map(({ number }) => number), lock });
  const ids = [...found.values()].map(({ id }) => id);
  const withLines = hasEntity(source, "order_lines");
  const lines = withLines ? await findLines(client, ids) : new Map<string, (string | null)[][]>();
  const attachments = hasEntity(source, "attachments") ? await findAttachments(client, ids) : new Map<string, string[]>();
  const called = await customersCalled(client, namesIn(source, all));
  const compared: ComparedOrder[] = [];
  for (const parts of all) {
    const present = found.get(parts.number);
    const head = parts.heads[0];
    const own = withLines ? linesOf(parts) : null;
    const values = head === undefined ? [] : withNumber(source, head, called);
    const before =
      present === undefined ? undefined : withLinesText(present, own === null ? null : (lines.get(present.id) ?? []));
    const what = classify(
      own === null ? values.slice(0, AT.linesText) : [...values.slice(0, AT.linesText), JSON.stringify(own)],
      before,
      source.exportedAt,
    );
    const known = new Set(present === undefined ? [] : attachments.get(present.id));
    const ours = await reachable(parts.attachments, contents);
    const newAttachments = ours.filter((line) => !known.has(attachmentKey(line)));
    compared.push({
      parts,
      head,
      values,
      lines: own,
      found: present,
      what,
      newAttachments,
      knownAttachments: ours.length - newAttachments.length,
    });
  }
  return compared;
}

function namesIn(source: Source, all: readonly OrderParts[]): string[] {
  const names = all.flatMap(({ heads }) => heads.slice(0, 1)).filter(({ file }) => isForeign(source, file));
  return [...new Set(names.map(({ values }) => values[AT.customer] ?? ""))];
}

/** The customer by number, however the file calls them; a customer who is still to be made has none. */
function withNumber(source: Source, head: StagedLine, called: ReadonlyMap<string, string | null>): Value[] {
  if (!isForeign(source, head.file)) return head.values;
  return head.values.with(AT.customer, called.get(head.values[AT.customer] ?? "") ?? null);
}

function withLinesText(found: Found, lines: (string | null)[][] | null): Found {
  return lines === null ? found : { ...found, values: [...found.values, JSON.stringify(lines)] };
}

/** By position. What the file leaves out of a total is computed. */
function linesOf({ lines }: OrderParts): OrderLine[] {
  return lines
    .filter(({ bad }) => !bad)
    .map(({ values }): OrderLine => {
      const [, position, item, description, quantity, price, total] = values;
      const computed = totalsOf([{ quantity: quantity ?? "0", unitPrice: price ?? "0" }])?.total ?? "0.00";
      return [position ?? "0", item ?? null, description ?? "", quantity ?? "0", price ?? "0", total ?? computed];
    })
    .toSorted((a, b) => Number(a[0]) - Number(b[0]));
}

async function reachable(lines: readonly StagedLine[], contents: Contents): Promise<StagedLine[]> {
  const ours: StagedLine[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    if (line.bad || seen.has(attachmentKey(line))) continue;
    seen.add(attachmentKey(line));
    const found = await contents.find(line.values[1] ?? "", "attachment");
    if ("at" in found && found.at !== "none") ours.push(line);
  }
  return ours;
}

export function attachmentKey({ values }: StagedLine): string {
  return `${values[1] ?? ""}/${values[2] ?? ""}`;
}

export function isForeign({ files }: Source, file: number): boolean {
  return files[file]?.mapping !== null;
}

export function keyOf({ values }: StagedLine): string {
  return values[0] ?? "";
}

/** Staged rows by their key. */
export function byKey(lines: readonly StagedLine[]): Map<string, StagedLine[]> {
  const groups = new Map<string, StagedLine[]>();
  for (const line of lines) grouped(groups, keyOf(line)).push(line);
  return groups;
}
