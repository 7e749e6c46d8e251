import type { Login } from "./connect.ts";
import type { Blocker, Books, Carried, ChangesSince, DatabaseIdentity, DatabaseSettings } from "./contract.ts";
import type { Filling } from "./fill.ts";
import type { ReferredFile } from "./referred-files.ts";

/**
 * The owner's side of PostgreSQL, as steps use it. Every connection carries the application name it was made with, so that what a killed
 * run left behind can be ended. Identity is the oid; a name is only an address.
 */
export type Databases = {
  /** The database of this name, or `null`. */
  find: (name: string) => Promise<DatabaseIdentity | null>;
  findByOid: (oid: number) => Promise<DatabaseIdentity | null>;
  bytes: (name: string) => Promise<number>;
  settings: (name: string) => Promise<DatabaseSettings>;
  /** The newest applied migration; the empty string when none is. */
  schemaHead: (name: string) => Promise<string>;
  serverVersion: () => Promise<{ text: string; major: number }>;
  /** The folder of the server's data on its own computer; `null` when we may not know it. */
  dataDirectory: () => Promise<string | null>;
  /** What would stop a copy or a rename of this database now. */
  blockers: (name: string) => Promise<Blocker[]>;

  /** The fence (design 4): for all sessions, open ones too, for every database of the server. */
  closeFence: () => Promise<void>;
  openFence: () => Promise<void>;
  fence: () => Promise<"open" | "closed">;

  books: (name: string) => Promise<Books>;
  /** A hash over all rows of all business tables, independent of their order. */
  dataHash: (name: string) => Promise<string>;

  /** Refuses new connections, ends those there are and waits until they are gone; throws `database-busy` naming who stays. */
  endSessions: (name: string) => Promise<void>;
  allowConnections: (name: string) => Promise<void>;
  /**
   * A template copy (`STRATEGY file_copy`), made with connections off, with the source's settings and grants, then opened. The source
   * takes no connections meanwhile and does again afterwards, also when the copy fails.
   */
  copy: (source: DatabaseIdentity, target: string, settings: DatabaseSettings) => Promise<DatabaseIdentity>;
  /** An empty database with these settings and grants, for a backup to be restored into, or to be begun with. */
  create: (name: string, settings: DatabaseSettings) => Promise<DatabaseIdentity>;
  /**
   * Has it filled with a dump by work that logs in as the loader, a role that may do nothing else, and takes over what that made. A `foreign` dump is
   * refused (`restore-strange`) when it held what no database of ours has, and where there is no such role (`loader-missing`).
   */
  fill: (target: { name: string } & Filling, work: (login: Login) => Promise<void>) => Promise<void>;
  /** What a superuser must run before a foreign dump can be restored; `null` when the loader's role is as it should be. */
  loaderRemedy: () => Promise<string | null>;
  /** Drops the database with this oid; refuses when it bears the live name. That it is gone already is fine. */
  drop: (oid: number) => Promise<void>;
  /** `ANALYZE`, roles' grants, after a migration. Idempotent. */
  applyGrants: (name: string) => Promise<void>;
  /** What is wrong with a migrated copy: invalid constraints or indexes, settings and grants other than the source's, a write as the writer's role that fails. Empty when all is well. */
  defects: (name: string, like: DatabaseSettings) => Promise<string[]>;
  /**
   * Both renames in one transaction, durable (`SET LOCAL synchronous_commit = on`) with a comment (run, side) on both: `outgoing` leaves the
   * live name for `keptName`, `incoming` takes it. Ends the sessions of both first. Does nothing when it is already so.
   */
  swap: (swap: { incoming: number; outgoing: number; keptName: string; run: string }) => Promise<void>;
  /** What was entered in `live` since `kept` was replaced. */
  changesSince: (kept: string, live: string) => Promise<ChangesSince>;
  /** What was entered since a backup with these books was made, counted in the database as it is. */
  writtenSince: (name: string, backup: { since: Date; books: Books }) => Promise<ChangesSince>;
  /** The uploaded files that a database refers to. */
  referredFiles: (name: string) => Promise<ReferredFile[]>;
  /**
   * Makes the owners' accounts and the settings of `from` those of `to`, a new database in which nobody has worked yet: whoever else could sign in there is
   * gone. Idempotent. Throws `carry-over-impossible` when `to` does not take them, or when nobody could sign in.
   */
  carryOver: (from: string, to: string) => Promise<Carried>;
  /** Sets every sequence of `name` to the higher of its own value and that of `other`. */
  raiseSequences: (name: string, other: string) => Promise<void>;
  /**
   * Ends every backend with this application name and waits until they are gone (design 4: first silence, then ask). Work of our own that is
   * busy on one fails as if the server had gone away; the next call connects anew.
   */
  endBackends: (applicationName: string) => Promise<void>;
  close: () => Promise<void>;
};
