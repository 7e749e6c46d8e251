import { AppError } from "../../platform/errors.ts";
import type { Release } from "../../releases/contract.ts";
import type { RunKind } from "../contract.ts";
import type { World } from "../world.ts";
import type { Check, Draft } from "./check.ts";

/** Beside what is counted: journal, logs, and air to breathe, in bytes. */
const MARGIN = 200e6;
/** A release packed and unpacked, in sizes of its archive. */
const UNPACKED = 5;
/** A copy of the database and what is written while it is migrated, in sizes of the database. */
const COPIED = 1.2;

const DUMPS: readonly RunKind[] = ["update", "restore", "start_fresh", "backup"];
const COPIES: readonly RunKind[] = ["update", "restore", "drill"];
/** An empty database with all its tables and indexes, in bytes; about 8 MB are PostgreSQL's own. */
const EMPTY = 30e6;
/** What a build of the app takes while it is at work, in bytes. Docker's images are on the disk that its volume of the database is on. */
const BUILT = 3e9;

/** Room for a dump and the release on the home's disk, and for a copy of the database on PostgreSQL's, which may be the same. */
export const disk: Check = {
  name: "disk",
  title: "There is enough disk space",
  async look(world, draft) {
    const { kept, copy } = await needed(world, draft);
    const data = await world.databaseDisk();
    const here = { path: world.paths.home, neededBytes: data?.sameAsHome === true ? kept + copy : kept };
    const free = await world.freeBytes();
    if (free < here.neededBytes) return new AppError("disk-full", { ...here, freeBytes: free }).problem;
    if (copy === 0 || data?.sameAsHome === true) return null;
    if (data === null) return { warning: new AppError("disk-unseen", { neededBytes: copy }).problem };
    const there = { path: data.path, neededBytes: copy, freeBytes: data.freeBytes };
    return data.freeBytes < copy ? new AppError("disk-full", there).problem : null;
  },
};

/** Bytes on the home's disk, and on that of the databases. */
async function needed(world: World, { kind, database, release }: Draft): Promise<{ kept: number; copy: number }> {
  const dump = DUMPS.includes(kind) ? database.bytes : 0;
  const copied = kind === "start_fresh" ? EMPTY : COPIES.includes(kind) ? database.bytes * COPIED : 0;
  if (release === null) return { kept: MARGIN + dump, copy: copied };
  const unpacked = release.manifest.archive.bytes * UNPACKED;
  return { kept: MARGIN + dump + unpacked, copy: copied + (await builtBytes(world, release)) };
}

async function builtBytes({ config, driver }: World, { version, bundle }: Release): Promise<number> {
  return config.docker?.source === undefined || bundle || (await driver.has(version)) ? 0 : BUILT;
}
