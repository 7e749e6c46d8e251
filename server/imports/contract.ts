import { z } from "zod";
import { entitySchema } from "../exchange/contract.ts";
import { instantSchema, problemSchema, ulidSchema } from "../platform/contract.ts";

/**
 * Words. *Import*: one uploaded file on its way into the database: read, compared, looked at by a person, then applied in one transaction. *Preview*: what
 * it would do, computed without writing. *Finding*: something about one place in the file: an `error` keeps all of it out, a `notice` is only said. *Conflict*:
 * a row of the file that differs from ours, which was changed here after the file was exported. *Mapping*: which column of another tool's file is which of ours.
 */

const MEGABYTE = 1024 * 1024;

/** What a file may be. Beyond it nothing is read. */
export const LIMITS = {
  uploadBytes: 2048 * MEGABYTE,
  /** Of all that is in a zip, unpacked. */
  unpackedBytes: 16 * 1024 * MEGABYTE,
  /** Unpacked to packed, of one entry; text of a farm reaches 40. The first bytes are free, since what is small harms nobody. */
  ratio: 200,
  ratioFreeBytes: 8 * MEGABYTE,
  entries: 200_000,
  rows: 20_000_000,
  /** Characters of a cell; of a whole row ten times as many. */
  cell: 100_000,
  columns: 200,
  /** Of one JSON value within itself. */
  depth: 20,
  linesOfAnOrder: 10_000,
  /** Findings that are shown, and that are kept for download. */
  shown: 1000,
  kept: 1_000_000,
} as const;

/** Until when an import is kept, counted from its upload. */
export const KEPT_DAYS = 7;

/** What becomes of rows that are here already. `skip` leaves conflicts as they are here; `add_only` leaves everything that is here. */
export const policySchema = z.enum(["add_only", "skip", "overwrite"]);
export type Policy = z.infer<typeof policySchema>;

export const findingSchema = z.object({
  severity: z.enum(["error", "notice"]),
  file: z.string(),
  /** As a spreadsheet counts, the header being row 1; `null` for the whole file. */
  row: z.int().min(1).nullable(),
  column: z.string().nullable(),
  what: z.string(),
  /** How to put it right; empty where nothing is wrong. */
  todo: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;
export const findingsSchema = z.object({ findings: z.array(findingSchema), errors: z.int(), notices: z.int() });

/** Rows by what they would do, or did. */
export const countsSchema = z.object({
  entity: entitySchema,
  rows: z.int(),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  conflicts: z.int(),
});
export type Counts = z.infer<typeof countsSchema>;

export const previewSchema = z.object({
  counts: z.array(countsSchema),
  /** Customers that orders name and nobody knows, to be made because the person chose so. */
  newCustomers: z.int(),
  errors: z.int(),
  notices: z.int(),
  /** When the file was exported; `null` when it does not say. */
  exportedAt: instantSchema.nullable(),
  /** The first conflicts, by what people call them. */
  conflicts: z.array(z.object({ entity: entitySchema, key: z.string() })),
  /** Statuses of another tool that nobody has said the meaning of. */
  unknownStatuses: z.array(z.string()),
});
export type Preview = z.infer<typeof previewSchema>;

export const reportSchema = z.object({
  policy: policySchema,
  /** `unchanged` includes what was left as it was. */
  counts: z.array(z.object({ entity: entitySchema, added: z.int(), changed: z.int(), unchanged: z.int() })),
  newCustomers: z.int(),
  at: instantSchema,
});
export type Report = z.infer<typeof reportSchema>;

/** What another tool's file can be about. */
export const mappedEntitySchema = z.enum(["customers", "items", "orders", "order_lines"]);
export type MappedEntity = z.infer<typeof mappedEntitySchema>;

const needed = (...names: string[]) => names.map((name) => ({ name, needed: true }));
const optional = (...names: string[]) => names.map((name) => ({ name, needed: false }));

/** Our columns that another tool's file may fill; without the needed ones it cannot be read, all others have a default. */
export const MAPPABLE: Readonly<Record<MappedEntity, readonly { name: string; needed: boolean }[]>> = {
  customers: [...needed("number", "name"), ...optional("email", "phone", "address", "notes", "created_at")],
  items: [
    ...needed("sku", "name"),
    ...optional("description", "material", "unit", "selling_price", "standard_cost", "on_hand", "reorder_point", "active"),
    ...optional("created_at"),
  ],
  // An order's lines as one text, which other tools export; we have no column for it.
  orders: [
    ...needed("number", "customer", "placed_at", "total"),
    ...optional("status", "due_at", "notes", "lines", "created_at"),
  ],
  order_lines: [...needed("order", "position", "description", "quantity", "unit_price"), ...optional("item", "line_total")],
};

export const mappingSchema = z.strictObject({
  entity: mappedEntitySchema,
  /** Our column to the file's header. `lines` of an order is its lines as one text. */
  columns: z.record(z.string().max(40), z.string().max(200)),
  /** The file's word for a status to our code. */
  statuses: z.record(z.string().max(100), z.string().max(50)).default({}),
  /** Whether a customer whom an order names and nobody knows is made. */
  createCustomers: z.boolean().default(false),
});
export type Mapping = z.infer<typeof mappingSchema>;

const foreignFileSchema = z.object({
  name: z.string(),
  headers: z.array(z.string()),
  /** The first rows, for the person to see what is what. */
  sample: z.array(z.array(z.string())),
  /** As it was set, was remembered, or is our guess; `null` where not even the entity could be guessed. */
  mapping: mappingSchema.nullable(),
  remembered: z.boolean(),
});
export type ForeignFile = z.infer<typeof foreignFileSchema>;

/** How far it is, and what can be done with it now. */
export const phaseSchema = z.discriminatedUnion("kind", [
  /** Being read and compared; `bytes` of `ofBytes` are read, then `rows` of `ofRows` compared. */
  z.object({ kind: z.literal("reading"), bytes: z.int(), ofBytes: z.int(), rows: z.int() }),
  z.object({ kind: z.literal("comparing"), rows: z.int(), ofRows: z.int() }),
  z.object({ kind: z.literal("mapping") }),
  z.object({ kind: z.literal("ready"), preview: previewSchema }),
  /** `xid` is the transaction's, by which it is known afterwards whether it was committed; `report` what it then did. */
  z.object({
    kind: z.literal("applying"),
    preview: previewSchema,
    policy: policySchema,
    rows: z.int(),
    ofRows: z.int(),
    xid: z.string().nullable(),
    report: reportSchema.nullable(),
  }),
  z.object({ kind: z.literal("done"), report: reportSchema }),
  /** Nothing was written. With a preview it can be applied again. */
  z.object({ kind: z.literal("failed"), problem: problemSchema, preview: previewSchema.nullable() }),
  z.object({ kind: z.literal("cancelled"), preview: previewSchema.nullable() }),
  z.object({ kind: z.literal("interrupted"), preview: previewSchema.nullable() }),
]);
export type Phase = z.infer<typeof phaseSchema>;

export const importSchema = z.object({
  id: ulidSchema,
  /** As the person called it. */
  fileName: z.string(),
  bytes: z.int(),
  createdAt: instantSchema,
  createdBy: z.string(),
  /** Files of another tool; none when the file is ours. */
  foreign: z.array(foreignFileSchema),
  phase: phaseSchema,
});
export type Import = z.infer<typeof importSchema>;
export const importsSchema = z.array(importSchema);

export const importIdSchema = z.strictObject({ id: ulidSchema });
/** An export that is kept on the server. */
export const fromExportInputSchema = z.strictObject({ export: ulidSchema });
export const setMappingInputSchema = z.strictObject({
  id: ulidSchema,
  files: z.array(z.strictObject({ name: z.string().max(300), mapping: mappingSchema })).max(20),
});
export type SetMappingInput = z.infer<typeof setMappingInputSchema>;
export const applyInputSchema = z.strictObject({ id: ulidSchema, policy: policySchema });

export const IMPORTS_PATH = "/api/imports";
export const findingsPath = (id: string) => `${IMPORTS_PATH}/${id}/problems`;
