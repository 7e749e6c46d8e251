import { z } from "zod";
import { instantSchema, versionSchema } from "../platform/contract.ts";

/** Words. *Disk use*: what FilaOps takes on the disk, in bytes of the disk (what two backups share counts once), and what of it goes, when and by whom. */

const size = z.int().min(0);

/** A database that an update, a restore or an undo replaced. */
const keptDatabaseSchema = z.object({
  bytes: size,
  /** `way-back`: the change that replaced it can still be undone, or its backup restored; `put-aside`: an undo took it out of use. */
  role: z.enum(["way-back", "put-aside"]),
  /** The version that worked with it; `null` where that is not on record. */
  version: versionSchema.nullable(),
  replacedAt: instantSchema,
  /** It goes by itself after this. */
  until: instantSchema,
});
export type KeptDatabase = z.infer<typeof keptDatabaseSchema>;

/** A version's program or image that is here. */
const storedReleaseSchema = z.object({
  version: versionSchema,
  bytes: size,
  /** `installed`: it runs; `way-back`: an undo would start it; `service`: gate or updater run from it; `left-over`: the next clean-up takes it. */
  role: z.enum(["installed", "way-back", "service", "left-over"]),
});
export type StoredRelease = z.infer<typeof storedReleaseSchema>;

export const diskUseSchema = z.object({
  measuredAt: instantSchema,
  /** Of the disk that holds FilaOps' folder. */
  freeBytes: size,
  /** Of PostgreSQL's disk where that is another one; `null` when it is the same or cannot be seen from here. */
  databaseFreeBytes: size.nullable(),
  database: z.object({ bytes: size }),
  keptDatabases: z.array(keptDatabaseSchema),
  /** `removable`: those that a person may remove by hand; `goNext`: those that the rules take with the next backup. */
  backups: z.object({ bytes: size, count: size, removable: size, goNext: size }),
  /** Pictures and attachments. What nothing refers to any more goes by itself. */
  files: z.object({ bytes: size, count: size }),
  releases: z.array(storedReleaseSchema),
  /** Copies of backups on their way elsewhere: they go once they have arrived. */
  copies: z.object({ bytes: size }),
  /** What people took out, and what they are bringing in: both go after a week. */
  exports: z.object({ bytes: size }),
  imports: z.object({ bytes: size }),
  /** Releases that were brought here as files. An updater of before knows none. */
  bundles: z.object({ bytes: size, count: size }).default({ bytes: 0, count: 0 }),
  /** Plans, journals and logs. */
  records: z.object({ bytes: size }),
});
export type DiskUse = z.infer<typeof diskUseSchema>;
