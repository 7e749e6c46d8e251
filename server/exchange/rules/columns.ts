import type { Entity } from "../contract.ts";

/**
 * What one column holds. `decimal` and `whole` are decimal text in both formats (no number of ours is rounded by a reader), `instant` is ISO 8601 in UTC with
 * milliseconds, `boolean` is `true` or `false`, `json` is one JSON value.
 */
export type ColumnType =
  | { kind: "text" }
  | { kind: "decimal"; places: number; negative: boolean }
  | { kind: "whole" }
  | { kind: "boolean" }
  | { kind: "instant" }
  | { kind: "json" };

export type Column = {
  /** As the header says it: snake_case, never changed within a format version. */
  name: string;
  type: ColumnType;
  /** Whether there may be none: an empty field in CSV, `null` in JSON Lines. Text is never null; it may be empty. */
  nullable: boolean;
  /** Part of the natural key. */
  key: boolean;
  /** The entity whose natural key this column holds. */
  refersTo: Entity | null;
};

const text = { kind: "text" } as const;
const instant = { kind: "instant" } as const;
const decimal = (places: number, negative = false) => ({ kind: "decimal", places, negative }) as const;

function column(name: string, type: ColumnType, more: Partial<Omit<Column, "name" | "type">> = {}): Column {
  return { name, type, nullable: false, key: false, refersTo: null, ...more };
}

/** The columns of every entity in format version 1, in the order in which they are written. */
export const COLUMNS: Readonly<Record<Entity, readonly Column[]>> = {
  customers: [
    column("number", text, { key: true }),
    ...["name", "email", "phone", "address", "notes"].map((name) => column(name, text)),
    column("created_at", instant),
  ],
  items: [
    column("sku", text, { key: true }),
    ...["name", "description", "material", "unit"].map((name) => column(name, text)),
    column("selling_price", decimal(2)),
    column("standard_cost", decimal(4)),
    column("on_hand", decimal(3, true)),
    column("reorder_point", decimal(3)),
    column("active", { kind: "boolean" }),
    column("image_sha256", text, { nullable: true }),
    column("created_at", instant),
  ],
  orders: [
    column("number", text, { key: true }),
    column("customer", text, { refersTo: "customers" }),
    column("status", text),
    column("placed_at", instant),
    column("due_at", instant, { nullable: true }),
    column("notes", text),
    column("total", decimal(2)),
    column("created_at", instant),
  ],
  order_lines: [
    column("order", text, { key: true, refersTo: "orders" }),
    column("position", { kind: "whole" }, { key: true }),
    column("item", text, { nullable: true, refersTo: "items" }),
    column("description", text),
    column("quantity", decimal(3)),
    column("unit_price", decimal(2)),
    column("line_total", decimal(2)),
  ],
  attachments: [
    column("order", text, { key: true, refersTo: "orders" }),
    column("sha256", text, { key: true }),
    column("file_name", text, { key: true }),
    column("created_at", instant),
  ],
  users: [
    column("email", text, { key: true }),
    column("name", text),
    column("role", text),
    column("disabled", { kind: "boolean" }),
  ],
  settings: [column("key", text, { key: true }), column("value", { kind: "json" })],
};

/** What has to be there before what: the order of writing, both into an export and into the database. */
export const ENTITIES: readonly Entity[] = ["customers", "items", "orders", "order_lines", "attachments", "users", "settings"];
