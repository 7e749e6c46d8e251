import { z } from "zod";
import type { FileKind, StoredFile } from "../files/contract.ts";
import { document } from "./document.ts";
import type { Sql } from "./insert.ts";
import { block, nut, spool } from "./pictures.ts";
import { COLOURS } from "./rules/words.ts";

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

const itemsSchema = z.array(z.object({ id: z.string(), sku: z.string(), name: z.string() }));
const ordersSchema = z.array(z.object({ id: z.string(), number: z.string() }));

export type FileTerms = {
  /** Puts content into the folder of uploaded files. */
  store: (content: Buffer, kind: FileKind) => Promise<StoredFile>;
  /** The user who is said to have added the documents. */
  by: string | null;
};

/** Gives items drawn pictures and orders small documents; the content is stored at once, the rows are in the caller's transaction. */
export async function addFiles(sql: Sql, { store, by }: FileTerms): Promise<void> {
  const keep = async (content: Buffer, kind: FileKind): Promise<string> => {
    const { sha256, bytes, contentType } = await store(content, kind);
    await sql("INSERT INTO stored_files (sha256, bytes, content_type) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [
      sha256,
      bytes,
      contentType,
    ]);
    return sha256;
  };
  const kept = new Map<string, string>();
  for (const item of itemsSchema.parse(await sql("SELECT id::text, sku, name FROM items ORDER BY items.id"))) {
    const { key, draw } = pictureOf(item);
    const sha256 = kept.get(key) ?? (await keep(draw(), "image"));
    kept.set(key, sha256);
    await sql("UPDATE items SET image_sha256 = $2 WHERE id = $1::bigint", [item.id, sha256]);
  }
  const newest = `SELECT id::text, number FROM orders ORDER BY orders.id DESC LIMIT ${DOCUMENTS}`;
  for (const { id, number } of ordersSchema.parse(await sql(newest))) {
    const content = document([
      `Purchase order for ${number}`,
      "",
      "Please print as agreed.",
      "Delivery by parcel; no signature needed.",
    ]);
    const sha256 = await keep(content, "attachment");
    await sql("INSERT INTO order_attachments (order_id, sha256, file_name, created_by) VALUES ($1::bigint, $2, $3, $4::bigint)", [
      id,
      sha256,
      `Purchase order ${number}.pdf`,
      by,
    ]);
  }
}

function pictureOf({ id, sku, name }: z.infer<typeof itemsSchema>[number]): { key: string; draw: () => Buffer } {
  const named = COLOURS.findIndex((colour) => name.includes(colour));
  const paint = PAINTS[named === -1 ? 3 + (Number(id) % 4) : named] ?? PAINTS[0];
  if (sku.startsWith("HW")) return { key: "nut", draw: nut };
  return sku.startsWith("FIL")
    ? { key: `spool ${paint.join()}`, draw: () => spool(paint) }
    : { key: `block ${paint.join()}`, draw: () => block(paint) };
}
