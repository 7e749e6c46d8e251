import { chown, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Client } from "pg";
import type { FileKind } from "../../server/files/contract.ts";
import { storeFile } from "../../server/files/store-file.ts";
import { document } from "./document.ts";
import { block, nut, spool } from "./pictures.ts";
import { COLOURS } from "./words.ts";

/** How many of the newest orders have a document; all items have a picture. */
const DOCUMENTS = 12;
/** Of filaments and parts, in the order of `COLOURS`. */
const PAINTS = [
  [38, 40, 46],
  [232, 232, 228],
  [132, 138, 146],
  [200, 48, 44],
  [40, 92, 190],
  [52, 140, 74],
  [228, 120, 34],
  [226, 208, 168],
] as const;

type SeedItem = { id: string; sku: string; name: string };

/** Gives items drawn pictures and orders small documents, in the transaction of `client`; the content goes into `folder` at once. */
export async function seedFiles(client: Client, folder: string): Promise<void> {
  const { rows: items } = await client.query<SeedItem>("SELECT id, sku, name FROM items ORDER BY id");
  const kept = new Map<string, string>();
  for (const item of items) {
    const { key, draw } = pictureOf(item);
    const sha256 = kept.get(key) ?? (await keep(client, { folder, content: draw(), kind: "image" }));
    kept.set(key, sha256);
    await client.query("UPDATE items SET image_sha256 = $2 WHERE id = $1", [item.id, sha256]);
  }
  const { rows: orders } = await client.query<{ id: string; number: string }>(
    `SELECT id, number FROM orders ORDER BY id DESC LIMIT ${DOCUMENTS}`,
  );
  for (const { id, number } of orders) {
    const content = document([
      `Purchase order for ${number}`,
      "",
      "Please print as agreed.",
      "Delivery by parcel; no signature needed.",
    ]);
    const sha256 = await keep(client, { folder, content, kind: "attachment" });
    await client.query(
      `INSERT INTO order_attachments (order_id, sha256, file_name, created_by)
       SELECT $1, $2, $3, id FROM users WHERE role = 'staff' LIMIT 1`,
      [id, sha256, `Purchase order ${number}.pdf`],
    );
  }
}

async function keep(
  client: Client,
  { folder, content, kind }: { folder: string; content: Buffer; kind: FileKind },
): Promise<string> {
  const stored = await storeFile(folder, Readable.from([content]), { kind, reserveBytes: 0 });
  // In containers the app reads what is its group's, and the seed is another user's.
  await chown(join(folder, stored.sha256), process.getuid?.() ?? 0, (await stat(folder)).gid);
  await client.query("INSERT INTO stored_files (sha256, bytes, content_type) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [
    stored.sha256,
    stored.bytes,
    stored.contentType,
  ]);
  return stored.sha256;
}

function pictureOf({ id, sku, name }: SeedItem): { key: string; draw: () => Buffer } {
  const named = COLOURS.findIndex((colour) => name.includes(colour));
  const paint = PAINTS[named === -1 ? 3 + (Number(id) % 4) : named] ?? PAINTS[0];
  if (sku.startsWith("HW")) return { key: "nut", draw: nut };
  return sku.startsWith("FIL")
    ? { key: `spool ${paint.join()}`, draw: () => spool(paint) }
    : { key: `block ${paint.join()}`, draw: () => block(paint) };
}
