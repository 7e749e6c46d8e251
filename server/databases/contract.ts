import { z } from "zod";

/**
 * Words. *Books*: row counts and money totals of the protected tables. *Fence*: the one switch for writing, membership of the app's role in
 * the role that holds its DML rights. *Schema head*: the name of the newest applied migration. *Oid*: a database's identity; names move.
 */

export const oidSchema = z.int().positive();

export const databaseIdentitySchema = z.object({ name: z.string(), oid: oidSchema });
export type DatabaseIdentity = z.infer<typeof databaseIdentitySchema>;

/** Rows and money of one table; totals as decimal text, since money is never a float. */
export const tableBooksSchema = z.object({ table: z.string(), rows: z.int().min(0), totals: z.record(z.string(), z.string()) });
export const booksSchema = z.object({ tables: z.array(tableBooksSchema) });
export type Books = z.infer<typeof booksSchema>;

/** What a template copy leaves behind and must be made equal: settings (`datname`/role level), connection limit, comment, grants. */
export const databaseSettingsSchema = z.object({
  /** `ALTER DATABASE … SET`, by role (`""` for all roles): `name=value` as PostgreSQL keeps them. */
  settings: z.array(z.object({ role: z.string(), config: z.array(z.string()) })),
  connectionLimit: z.int(),
  comment: z.string().nullable(),
  /** `datacl` as text, one item each. */
  grants: z.array(z.string()),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
});
export type DatabaseSettings = z.infer<typeof databaseSettingsSchema>;

/** What a new, empty database was given of another one, in rows; `owners` are those of its users who may do everything. */
export const carriedSchema = z.object({ owners: z.int().min(0), settings: z.int().min(0) });
export type Carried = z.infer<typeof carriedSchema>;

/** Something that would stop a copy, a rename or a restore, or let somebody save past the pause, found before anything is paused. */
export const blockerSchema = z.object({
  kind: z.enum([
    "session",
    "prepared-transaction",
    "collation",
    "replication-slot",
    "subscription",
    "tablespace",
    "createdb",
    "ownership",
    "membership",
    "fsync",
    "writer",
  ]),
  /** The one in question, named: a session's pid, user and program, a transaction's name, a slot's name. */
  subject: z.string(),
  /** The command that mends it, where there is one. */
  remedy: z.string().nullable(),
  /** Whether we may end it ourselves (the app's and our own sessions). */
  endable: z.boolean(),
});
export type Blocker = z.infer<typeof blockerSchema>;

/** What was entered in the live database since a kept one was replaced. */
export const changesSinceSchema = z.object({
  tables: z.array(z.object({ table: z.string(), added: z.int(), changed: z.int(), removed: z.int() })),
});
export type ChangesSince = z.infer<typeof changesSinceSchema>;
