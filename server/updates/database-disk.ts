import { stat } from "node:fs/promises";
import type { Databases } from "../databases/databases.ts";
import type { Config } from "../platform/config.ts";
import { exists, freeBytes, isErrno } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";

/** The disk that PostgreSQL keeps its data on, as far as it can be seen from here. */
export type DatabaseDisk = { path: string; freeBytes: number; sameAsHome: boolean };

const THIS_COMPUTER = ["127.0.0.1", "::1", "localhost"];

/** Looks at it; `null` when it is another computer's or container's, or the server does not say where its data is. */
export async function lookAtDatabaseDisk(
  { paths, config }: { paths: Pick<HomePaths, "home" | "cluster">; config: Config },
  databases: Pick<Databases, "dataDirectory">,
): Promise<DatabaseDisk | null> {
  const path = await dataFolder({ paths, config }, databases);
  if (path === null) return null;
  try {
    const [data, home] = [await stat(path), await stat(paths.home)];
    return { path, freeBytes: await freeBytes(path), sameAsHome: data.dev === home.dev };
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].some((code) => isErrno(error, code))) return null;
    throw error;
  }
}

async function dataFolder(
  { paths, config }: { paths: Pick<HomePaths, "cluster">; config: Config },
  databases: Pick<Databases, "dataDirectory">,
): Promise<string | null> {
  if (await exists(paths.cluster)) return paths.cluster;
  // compose.yaml shows the updater the database's volume at the very path that PostgreSQL has it at.
  const isHere = config.driver === "docker" || THIS_COMPUTER.includes(config.postgres.host);
  return isHere ? databases.dataDirectory() : null;
}
