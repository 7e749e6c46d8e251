import { checkOrder } from "./check-order.ts";
import type { Comparing, ComparedOrder } from "./compare.ts";
import { AT, byKey, compareOrders, comparePlain, readOrders } from "./compare.ts";
import type { Preview } from "./contract.ts";
import type { Findings } from "./findings.ts";
import { shortened } from "./rules/cells.ts";
import type { PlainEntity } from "./rows.ts";
import { customersCalled, idsOf } from "./rows.ts";
import { compareSettings } from "./settings-rows.ts";
import { findingAt } from "./source.ts";
import type { Staged, StagedKind, StagedLine } from "./staging.ts";
import type { Tally } from "./tally.ts";
import { createTally } from "./tally.ts";

export type Checking = Comparing & { staged: Staged; findings: Findings; onRows: (rows: number) => Promise<void> };

const WORDS: Record<PlainEntity, { one: string; key: string; refs: StagedKind; column: string }> = {
  customers: { one: "customer", key: "number", refs: "customer_refs", column: "customer" },
  items: { one: "item", key: "sku", refs: "item_refs", column: "item" },
};

/**
 * What the import would do, and all that is wrong with it; reads the database, bucket by bucket, and writes nothing. Where a file could not be read to its
 * end nothing is compared: what it lacks would be missed everywhere.
 */
export async function checkImport(checking: Checking): Promise<Preview> {
  const { source, findings } = checking;
  const tally = createTally();
  const isWhole = source.incomplete.length === 0;
  const newCustomers = isWhole ? await compareAll(checking, tally) : 0;
  if (!isWhole) {
    const what = "It could not be read to its end, so nothing was compared with your data yet.";
    for (const file of source.incomplete) findings.add({ severity: "notice", file, row: null, column: null, what, todo: "" });
  }
  const { counts, conflicts } = tally.result();
  await findings.drain();
  return {
    ...{ counts, conflicts, newCustomers, exportedAt: source.exportedAt, unknownStatuses: source.unknownStatuses },
    ...findings.counts(),
  };
}

/** Gives how many customers would be made because orders name them. */
async function compareAll(checking: Checking, tally: Tally): Promise<number> {
  const { staged } = checking;
  let newCustomers = 0;
  for (const entity of ["customers", "items"] as const) {
    for (let bucket = 0; bucket < staged.buckets; bucket += 1) await checkPlain(checking, tally, { entity, bucket });
  }
  for (let bucket = 0; bucket < staged.buckets; bucket += 1) newCustomers += await checkNames(checking, bucket);
  for (let bucket = 0; bucket < staged.buckets; bucket += 1) await checkOrders(checking, tally, bucket);
  for (let bucket = 0; bucket < staged.buckets; bucket += 1) await checkSettings(checking, tally, bucket);
  tellPeople(checking);
  return newCustomers;
}

async function checkPlain(checking: Checking, tally: Tally, at: { entity: PlainEntity; bucket: number }): Promise<void> {
  const { staged, source, findings } = checking;
  const { entity, bucket } = at;
  const groups = byKey(await staged.read(entity, bucket));
  const first: StagedLine[] = [];
  for (const [key, [kept, ...others]] of groups) {
    if (kept !== undefined) first.push(kept);
    for (const line of others) {
      const what = `“${shortened(key)}” is in the file twice; the other one is in row ${kept?.row ?? 0}.`;
      const { key: column } = WORDS[entity];
      findings.add(findingAt(source, line, { severity: "error", column, what, todo: "Take one of them away." }));
    }
  }
  for (const row of await comparePlain(checking, entity, first)) {
    tally.add(entity, row.what);
    if (row.what === "conflict") tally.conflict(entity, row.key);
    if (entity === "items") await checkContent(checking, row.line, { sha256: row.line.values[AT.image], kind: "image" });
  }
  await checkReferences(checking, at, groups);
  await checking.onRows(first.length);
}

/** What other rows name must be in the file or here; told at the first row that names it. */
async function checkReferences(
  { staged, source, findings, client }: Checking,
  { entity, bucket }: { entity: PlainEntity; bucket: number },
  inFile: ReadonlyMap<string, unknown>,
): Promise<void> {
  const { one, refs, column } = WORDS[entity];
  const asked = byKey(await staged.read(refs, bucket));
  const absent = [...asked.keys()].filter((key) => !inFile.has(key));
  const here = await idsOf(client, entity, absent);
  for (const key of absent.filter((each) => !here.has(each))) {
    const what = `There is no ${one} “${shortened(key)}”, neither in the file nor in FilaOps.`;
    const todo = `Put the ${one} into the same upload, or make it first.`;
    const [line] = asked.get(key) ?? [];
    if (line !== undefined) findings.add(findingAt(source, line, { severity: "error", column, what, todo }));
  }
}

type Named = { sha256: string | null | undefined; kind: "image" | "attachment" };

async function checkContent({ contents, source, findings }: Checking, line: StagedLine, { sha256, kind }: Named): Promise<void> {
  if (typeof sha256 !== "string") return;
  const found = await contents.find(sha256, kind);
  const column = kind === "image" ? "image_sha256" : "sha256";
  if ("wrong" in found) {
    findings.add(
      findingAt(source, line, { severity: "error", column, what: found.wrong, todo: "Export again, with attachments." }),
    );
  } else if (found.at === "none") {
    const what = `The content of the ${kind === "image" ? "picture" : "attachment"} is not in the file; it is left out.`;
    findings.add(findingAt(source, line, { severity: "notice", column, what, todo: "" }));
  }
}

/** Customers as another tool's orders call them; gives how many of them would be made. */
async function checkNames({ staged, client, source, findings }: Checking, bucket: number): Promise<number> {
  const asked = byKey(await staged.read("customer_names", bucket));
  const called = await customersCalled(client, [...asked.keys()]);
  let made = 0;
  for (const [name, [line]] of asked) {
    const number = called.get(name);
    if (line === undefined || typeof number === "string") continue;
    if (number === undefined && source.files[line.file]?.mapping?.createCustomers === true) {
      made += 1;
      continue;
    }
    const what =
      number === null ? `Several customers are called “${shortened(name)}”.` : `There is no customer “${shortened(name)}”.`;
    const todo =
      number === null
        ? "Write the customer's number instead of the name."
        : "Import the customers first, or choose that customers nobody knows are made.";
    findings.add(findingAt(source, line, { severity: "error", column: "customer", what, todo }));
  }
  return made;
}

async function checkOrders(checking: Checking, tally: Tally, bucket: number): Promise<void> {
  const { source, findings } = checking;
  const { rows, parts } = await readOrders(checking.staged, bucket);
  for (const order of await compareOrders(checking, parts)) {
    for (const finding of checkOrder(source, order)) findings.add(finding);
    if (order.head?.bad === false) count(tally, order);
    tally.add("attachments", "added", order.newAttachments.length);
    tally.add("attachments", "unchanged", order.knownAttachments);
    for (const line of order.parts.attachments) {
      await checkContent(checking, line, { sha256: line.values[1], kind: "attachment" });
    }
  }
  await checking.onRows(rows);
}

function count(tally: Tally, { what, lines, parts }: ComparedOrder): void {
  tally.add("orders", what);
  tally.add("order_lines", what, lines?.length ?? 0);
  if (what === "conflict") tally.conflict("orders", parts.number);
}

async function checkSettings({ staged, client, source, findings }: Checking, tally: Tally, bucket: number): Promise<void> {
  const lines = await staged.read("settings", bucket);
  if (lines.length === 0) return;
  const { settings, findings: found } = await compareSettings(client, source, lines);
  for (const finding of found) findings.add(finding);
  for (const { key, what } of settings) {
    tally.add("settings", what);
    if (what === "conflict") tally.conflict("settings", key);
  }
}

/** People are only counted: who they are is for owners to see, and this is for admins. */
function tellPeople({ staged, source, findings }: Checking): void {
  const people = staged.rowsOf("users");
  if (people === 0) return;
  const file = source.files.find(({ entity }) => entity === "users")?.name ?? "";
  const what = `${people === 1 ? "1 person is" : `${people} people are`} not imported: a file makes no accounts and changes no roles.`;
  findings.add({ severity: "notice", file, row: null, column: null, what, todo: "Add people by hand, under Settings, Users." });
}
