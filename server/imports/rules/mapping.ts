import type { Column } from "../../exchange/rules/columns.ts";
import { COLUMNS } from "../../exchange/rules/columns.ts";
import type { MappedEntity, Mapping } from "../contract.ts";
import { MAPPABLE } from "../contract.ts";

/** An order's lines as one text. */
export const LINES_TEXT = "lines";
const LINES_COLUMN: Column = { name: LINES_TEXT, type: { kind: "text" }, nullable: false, key: false, refersTo: null };

const MAPPED: readonly MappedEntity[] = ["customers", "items", "orders", "order_lines"];

/** Without these a file of another tool cannot be read. */
export function neededColumns(entity: MappedEntity): readonly string[] {
  return MAPPABLE[entity].filter(({ needed }) => needed).map(({ name }) => name);
}

/** What other tools call our columns, without case, spaces and signs. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  number: ["number", "customernumber", "customerno", "customerid", "ordernumber", "orderno", "orderid", "invoicenumber"],
  name: ["name", "customername", "companyname", "company", "fullname", "title", "productname", "itemname"],
  email: ["email", "emailaddress"],
  phone: ["phone", "phonenumber", "telephone", "mobile"],
  address: ["address", "billingaddress", "shippingaddress"],
  notes: ["notes", "note", "comment", "comments", "remarks"],
  sku: ["sku", "itemnumber", "productcode", "itemcode", "partnumber"],
  description: ["description", "details"],
  material: ["material", "materialtype"],
  unit: ["unit", "uom", "unitofmeasure"],
  selling_price: ["sellingprice", "price", "saleprice", "salesprice"],
  standard_cost: ["standardcost", "cost", "unitcost"],
  on_hand: ["onhand", "onhandqty", "stock", "quantityonhand", "instock"],
  reorder_point: ["reorderpoint", "reorderlevel", "minimumstock"],
  active: ["active", "isactive", "enabled"],
  customer: ["customer", "customernumber", "customername", "client"],
  status: ["status", "orderstatus", "state"],
  placed_at: ["placedat", "createddate", "orderdate", "date", "created"],
  due_at: ["dueat", "duedate", "requireddate"],
  total: ["total", "ordertotal", "totalamount", "grandtotal", "amount"],
  created_at: ["createdat"],
  lines: ["lines", "lineitems", "items", "products"],
  order: ["order", "ordernumber", "orderno"],
  position: ["position", "line", "lineno", "linenumber"],
  item: ["item", "itemsku", "sku", "product", "productsku"],
  quantity: ["quantity", "qty", "amount"],
  unit_price: ["unitprice", "price", "rate"],
  line_total: ["linetotal", "total", "amount"],
};

/** The columns that another tool's file may fill. */
export function fillable(entity: MappedEntity): readonly Column[] {
  const all = [...COLUMNS[entity], LINES_COLUMN];
  return MAPPABLE[entity].flatMap(({ name }) => all.find((column) => column.name === name) ?? []);
}

/** The mapping that fits the headers best, by the names that tools commonly use; `null` when no entity has all that it needs. */
export function guess(headers: readonly string[]): Mapping | null {
  const guesses = MAPPED.map((entity) => ({ entity, columns: matches(entity, headers) })).filter(({ entity, columns }) =>
    neededColumns(entity).every((name) => Object.hasOwn(columns, name)),
  );
  const best = guesses.toSorted((a, b) => Object.keys(b.columns).length - Object.keys(a.columns).length)[0];
  return best === undefined ? null : { ...best, statuses: {}, createCustomers: false };
}

function matches(entity: MappedEntity, headers: readonly string[]): Record<string, string> {
  const taken = new Set<string>();
  const columns: Record<string, string> = {};
  for (const { name } of fillable(entity)) {
    const known = [name.replaceAll("_", ""), ...(NAMES[name] ?? [])];
    const header = known
      .map((each) => headers.find((candidate) => bare(candidate) === each && !taken.has(candidate)))
      .find((each) => each !== undefined);
    if (header === undefined) continue;
    taken.add(header);
    columns[name] = header;
  }
  return columns;
}

function bare(header: string): string {
  return header.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** What a mapping lacks or names that is not there, in words; `null` when it can be used. */
export function mappingProblem(mapping: Mapping, headers: readonly string[]): string | null {
  const names = new Set(fillable(mapping.entity).map(({ name }) => name));
  const missing = neededColumns(mapping.entity).find((name) => !Object.hasOwn(mapping.columns, name));
  if (missing !== undefined) return `Choose the column for “${missing.replaceAll("_", " ")}”.`;
  for (const [name, header] of Object.entries(mapping.columns)) {
    if (!names.has(name)) return `FilaOps has no column “${name}” there.`;
    if (!headers.includes(header)) return `The file has no column “${header}”.`;
  }
  return null;
}

/** Whether headers are all of ours, so that nobody needs to say which is which. */
export function entityOf(headers: readonly string[]): MappedEntity | null {
  return MAPPED.find((entity) => COLUMNS[entity].every(({ name }) => headers.includes(name))) ?? null;
}

/** By which a mapping is found again for the next file of the same tool. */
export function signatureOf(headers: readonly string[]): string {
  return headers
    .map((header) => header.trim().toLowerCase())
    .toSorted()
    .join("|")
    .slice(0, 2000);
}

const STATUS_WORDS: Readonly<Record<string, readonly string[]>> = {
  draft: ["draft", "quote", "pending", "pendingpayment", "paymentfailed", "new", "open"],
  confirmed: ["confirmed", "accepted", "paid", "onhold", "processing"],
  printing: ["printing", "inproduction", "inprogress", "production"],
  ready: ["ready", "readytoship", "packed", "partiallyshipped"],
  shipped: ["shipped", "delivered", "completed", "complete", "fulfilled", "closed"],
  cancelled: ["cancelled", "canceled", "refunded", "void"],
};

/** Our status for another tool's word: what was chosen by hand, our own code, or the common meaning; `null` when nobody knows. */
export function statusOf(word: string, chosen: Mapping["statuses"], codes: ReadonlySet<string>): string | null {
  const byHand = Object.hasOwn(chosen, word) ? chosen[word] : undefined;
  if (byHand !== undefined) return codes.has(byHand) ? byHand : null;
  if (codes.has(word)) return word;
  const found = Object.entries(STATUS_WORDS).find(([, words]) => words.includes(bare(word)))?.[0];
  return found !== undefined && codes.has(found) ? found : null;
}
