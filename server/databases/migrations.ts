import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../platform/errors.ts";
import { migrationFaults } from "./rules/migration-lint.ts";

/** A migration of this build: a folder of `prisma/migrations` with its `migration.sql`. */
export type Migration = { name: string; sql: string; checksum: string };

/** All migrations of a folder in the order in which they are applied. Throws `migration-refused` when one may not be applied as it is. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const bytes = await readFile(join(folder, name, "migration.sql"));
      const sql = bytes.toString("utf8");
      const [fault] = migrationFaults(name, sql);
      if (fault !== undefined) throw new AppError("migration-refused", { migration: name, reason: fault });
      // Prisma's checksum: the file's bytes as they are.
      return { name, sql, checksum: createHash("sha256").update(bytes).digest("hex") };
    }),
  );
}
