import type { ClientBase } from "pg";
import { AppError } from "../platform/errors.ts";
import { importedLine } from "./check-order.ts";
import type { ComparedOrder, ComparedRow, Comparing } from "./compare.ts";
import { AT, byKey, compareOrders, comparePlain, readOrders } from "./compare.ts";
import { forgetContents, lockContents, nameContents } from "./contents.ts";
import type { Policy, Report } from "./contract.ts";
import { actOn } from "./rules/classify.ts";
import type { PlainEntity } from "./rows.ts";
import { customersCalled, idsOf } from "./rows.ts";
import { compareSettings, writeSettings } from "./settings-rows.ts";
import { hasEntity } from "./source.ts";
import type { Staged, Value } from "./staging.ts";
import type { Tally } from "./tally.ts";
import { createTally } from "./tally.ts";
import { deleteLines, insertCalled, insertRows, passNumbers, updateRows } from "./write-rows.ts";

export type Applying = Omit<Comparing, "lock"> & {
  staged: Staged;
  policy: Policy;
  /** Who adds attachments. */
  actorId: bigint;
  files: string | undefined;
  /** What a time that the file does not say is. */
  now: string;
  onRows: (rows: number) => Promise<void>;
  /** Called in the transaction, before it is committed: what it will have done. */
  beforeCommit: (xid: string, report: Report) => Promise<void>;
};

const DEFAULTS = {
  customers: (now: string): Value[] => ["", "", "", "", "", "", now],
  items: (now: string): Value[] => ["", "", "", "", "piece", "0", "0", "0", "0", "true", null, now],
  orders: (now: string): Value[] => ["", null, "draft", now, null, "", "0", now],
};

/**
 * Writes what was staged, all of it or nothing, in one transaction. Each row is compared again, and locked: what somebody saved since the preview is a
 * conflict, which the policy decides. Whatever is thrown, nothing was written.
 */
export async function applyImport(applying: Applying): Promise<Report> {
  const { client } = applying;
  await client.query("BEGIN");
  try {
    const report = await writeAll(applying);
    const { rows } = await client.query<{ xid: string }>("SELECT pg_current_xact_id()::text AS xid");
    await applying.beforeCommit(rows[0]?.xid ?? "0", report);
    await client.query("COMMIT");
    return report;
  } catch (error) {
    // A connection that is gone has rolled back by itself.
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function writeAll(applying: Applying): Promise<Report> {
  const { client, staged, source, policy, now } = applying;
  const tally = createTally();
  await takeTurn(client);
  // Before any row is written: what is saved meanwhile then gets numbers beyond these.
  await passNumbers(client, "customer_numbers", BigInt(source.highest.customers));
  await passNumbers(client, "order_numbers", BigInt(source.highest.orders));
  if (hasEntity(source, "attachments") || hasEntity(source, "items")) await lockContents(client);
  for (const entity of ["customers", "items"] as const) {
    for (let bucket = 0; bucket < staged.buckets; bucket += 1) await writePlain(applying, tally, { entity, bucket });
  }
  let newCustomers = 0;
  for (let bucket = 0; bucket < staged.buckets; bucket += 1) newCustomers += await writeCalled(applying, bucket);
  for (let bucket = 0; bucket < staged.buckets; bucket += 1) await writeOrders(applying, tally, bucket);
  for (let bucket = 0; bucket < staged.buckets; bucket += 1) {
    const lines = await staged.read("settings", bucket);
    if (lines.length === 0) continue;
    const { settings } = await compareSettings(client, source, lines);
    for (const { what } of settings) tally.add("settings", done(what, policy));
    await writeSettings(
      client,
      settings.filter(({ what }) => actOn(what, policy) !== "leave"),
    );
  }
  const counts = tally.result().counts.map(({ entity, added, changed, unchanged }) => ({ entity, added, changed, unchanged }));
  return { policy, counts, newCustomers, at: now };
}

/** Any number; it stands for "an import is being applied". */
const LOCK = 7_312_009;

async function takeTurn(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS mine", [LOCK]);
  if (rows[0]?.mine !== true) throw new AppError("import-busy", {});
}

function done(what: ComparedRow["what"], policy: Policy): "added" | "changed" | "unchanged" {
  const act = actOn(what, policy);
  return act === "insert" ? "added" : act === "update" ? "changed" : "unchanged";
}

async function writePlain(
  applying: Applying,
  tally: Tally,
  { entity, bucket }: { entity: PlainEntity; bucket: number },
): Promise<void> {
  const { client, policy, files } = applying;
  const lines = await applying.staged.read(entity, bucket);
  if (lines.length === 0) return;
  const rows = await comparePlain({ ...applying, lock: true }, entity, lines);
  for (const { what } of rows) tally.add(entity, done(what, policy));
  const inserts = rows.filter(({ what }) => actOn(what, policy) === "insert");
  const updates = rows.filter(({ what }) => actOn(what, policy) === "update");
  const defaults = DEFAULTS[entity](applying.now);
  const wholes = updates.map((row) => whole(row.values, row.found?.values ?? defaults));
  const added = inserts.map((row) => whole(row.values, defaults));
  if (entity === "items") {
    await nameContents(
      client,
      files,
      [...wholes, ...added].flatMap((row) => row[AT.image] ?? []),
    );
  }
  await insertRows(client, entity, added);
  await updateRows(
    client,
    entity,
    updates.map((row, index) => ({ id: row.found?.id ?? "0", values: wholes[index] ?? [] })),
  );
  const before = entity === "items" ? updates.flatMap((row) => row.found?.values[AT.image] ?? []) : [];
  await forgetContents(client, before);
  await applying.onRows(lines.length);
}

/** The file's values, and where it has no such column, the ones that are there or a new row has. */
function whole(values: readonly Value[], otherwise: readonly Value[]): Value[] {
  return otherwise.map((value, index) => (values[index] === undefined ? value : values[index]));
}

async function writeCalled({ client, staged, source }: Applying, bucket: number): Promise<number> {
  const asked = byKey(await staged.read("customer_names", bucket));
  const called = await customersCalled(client, [...asked.keys()]);
  const unknown = [...asked].filter(([name]) => called.get(name) === undefined);
  for (const [, [line]] of unknown) {
    if (line !== undefined && source.files[line.file]?.mapping?.createCustomers !== true) {
      throw new AppError("import-overtaken", {});
    }
  }
  await insertCalled(
    client,
    unknown.map(([name]) => name),
  );
  return unknown.length;
}

async function writeOrders(applying: Applying, tally: Tally, bucket: number): Promise<void> {
  const { staged, policy } = applying;
  const { rows, parts } = await readOrders(staged, bucket);
  if (parts.length === 0) return;
  const compared = await compareOrders({ ...applying, lock: true }, parts);
  const heads = compared.filter(({ head }) => head !== undefined);
  for (const { what, lines } of heads) {
    tally.add("orders", done(what, policy));
    tally.add("order_lines", done(what, policy), lines?.length ?? 0);
  }
  const ids = await writeHeads(applying, heads);
  await writeAttachments(applying, tally, { compared, ids });
  await applying.onRows(rows);
}

/** Heads and lines; gives the ids of the new orders by their numbers. */
async function writeHeads(applying: Applying, heads: readonly ComparedOrder[]): Promise<Map<string, string>> {
  const { client, policy, source } = applying;
  const inserts = heads.filter(({ what }) => actOn(what, policy) === "insert");
  const updates = heads.filter(({ what }) => actOn(what, policy) === "update");
  const written = [...inserts, ...updates];
  const customers = await idsOf(client, "customers", unique(written.map((order) => order.values[AT.customer] ?? "")));
  const items = await idsOf(
    client,
    "items",
    unique(written.flatMap(({ lines }) => (lines ?? []).flatMap(([, item]) => item ?? []))),
  );
  const defaults = DEFAULTS.orders(applying.now);
  const row = (order: ComparedOrder) => {
    const values = whole(order.values.slice(0, defaults.length), order.found?.values ?? defaults);
    const noted = order.found === undefined && order.lines === null ? withNote(values, importedLine(order, source).note) : values;
    return noted.with(AT.customer, idIn(customers, values[AT.customer] ?? ""));
  };
  const ids = await insertRows(client, "orders", inserts.map(row));
  await updateRows(
    client,
    "orders",
    updates.map((order) => ({ id: order.found?.id ?? "0", values: row(order) })),
  );
  const relined = updates.filter(({ lines }) => lines !== null);
  await deleteLines(
    client,
    relined.map(({ found }) => found?.id ?? "0"),
  );
  const ofLines = [...inserts, ...relined].flatMap((order) => {
    const id = order.found?.id ?? idIn(ids, order.parts.number);
    return linesFor(order, applying).map(([position, item, ...rest]): Value[] => [
      id,
      position,
      item === null ? null : idIn(items, item),
      ...rest,
    ]);
  });
  await insertRows(client, "order_lines", ofLines);
  return ids;
}

function linesFor(order: ComparedOrder, { source }: Applying): NonNullable<ComparedOrder["lines"]> {
  if (order.lines !== null) return order.lines;
  const total = order.values[AT.total] ?? "0.00";
  return [["1", null, importedLine(order, source).description, "1.000", total, total]];
}

function withNote(values: Value[], note: string): Value[] {
  if (note === "") return values;
  const before = values[AT.notes] ?? "";
  return values.with(AT.notes, before === "" ? note : `${before}\n\n${note}`);
}

async function writeAttachments(
  { client, files, actorId, now }: Applying,
  tally: Tally,
  { compared, ids }: { compared: readonly ComparedOrder[]; ids: ReadonlyMap<string, string> },
): Promise<void> {
  const rows = compared.flatMap((order) =>
    order.newAttachments.map(({ values }): Value[] => {
      const id = order.found?.id ?? idIn(ids, order.parts.number);
      return [id, values[1], values[2], values[3] ?? now, String(actorId)];
    }),
  );
  const known = compared.reduce((sum, { knownAttachments }) => sum + knownAttachments, 0);
  tally.add("attachments", "unchanged", known);
  if (rows.length === 0) return;
  tally.add("attachments", "added", rows.length);
  await nameContents(
    client,
    files,
    rows.flatMap(([, sha256]) => sha256 ?? []),
  );
  await insertRows(client, "order_attachments", rows);
}

/** What the preview saw may have gone since. */
function idIn(ids: ReadonlyMap<string, string>, key: string): string {
  const id = ids.get(key);
  if (id === undefined) throw new AppError("import-overtaken", {});
  return id;
}

function unique(keys: readonly string[]): string[] {
  return [...new Set(keys)];
}
