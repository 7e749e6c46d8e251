import { settingsSchema } from "../../accounts/contract.ts";
import type { Entity } from "../../exchange/contract.ts";

/** Text in the order of its bytes, whatever the database's own order is: the same data gives the same file everywhere. */
const BYTES = `COLLATE "C"`;

/** What is read for each entity: its columns in their order, its rows in the order of the natural key. */
export const SELECTS: Readonly<Record<Entity, string>> = {
  customers: `SELECT number, name, email, phone, address, notes, created_at FROM customers ORDER BY number ${BYTES}`,
  items: `SELECT sku, name, description, material, unit, selling_price, standard_cost, on_hand, reorder_point, active, image_sha256, created_at
    FROM items ORDER BY sku ${BYTES}`,
  orders: `SELECT o.number, c.number, o.status, o.placed_at, o.due_at, o.notes, o.total, o.created_at
    FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.number ${BYTES}`,
  order_lines: `SELECT o.number, l.position, i.sku, l.description, l.quantity, l.unit_price, l.line_total
    FROM order_lines l JOIN orders o ON o.id = l.order_id LEFT JOIN items i ON i.id = l.item_id ORDER BY o.number ${BYTES}, l.position`,
  attachments: `SELECT o.number, a.sha256, a.file_name, a.created_at
    FROM order_attachments a JOIN orders o ON o.id = a.order_id
    ORDER BY o.number ${BYTES}, a.sha256 ${BYTES}, a.file_name ${BYTES}, a.created_at, a.id`,
  users: `SELECT email, name, role, disabled_at IS NOT NULL FROM users ORDER BY email ${BYTES}`,
  settings: `SELECT key, value FROM ${knownSettings()} ORDER BY key ${BYTES}`,
};

/** How many rows each of these has. */
export function countsOf(entities: readonly Entity[]): string {
  const from = (entity: Entity) => (entity === "settings" ? knownSettings() : TABLES[entity]);
  return `SELECT ${entities.map((entity) => `(SELECT count(*) FROM ${from(entity)})`).join(", ")}`;
}

/** The farm's settings and no others: what a later version keeps there may be a secret. */
function knownSettings(): string {
  const keys = Object.keys(settingsSchema.shape).map((key) => `'${key}'`);
  return `(SELECT key, value FROM settings WHERE key IN (${keys.join(", ")})) AS known`;
}

const TABLES: Readonly<Record<Entity, string>> = {
  customers: "customers",
  items: "items",
  orders: "orders",
  order_lines: "order_lines",
  attachments: "order_attachments",
  users: "users",
  settings: "settings",
};

/** Bytes that these lie on the disk with, in the database, uncompressed. */
export function bytesOf(entities: readonly Entity[]): string {
  return `SELECT ${entities.map((entity) => `pg_table_size('${TABLES[entity]}')`).join(" + ")}`;
}

/** The uploaded files that something refers to. */
export const FILES = `SELECT sha256 FROM stored_files ORDER BY sha256 ${BYTES}`;
export const FILE_BYTES = "SELECT coalesce(sum(bytes), 0) FROM stored_files";
