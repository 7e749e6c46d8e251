import { dirname, join } from "node:path";
import type { Version } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { readJson } from "../platform/files.ts";
import { buildInfoSchema } from "../releases/contract.ts";

/** The version of the release that the running entry point belongs to: `bin/updater.mjs` stands below it, `scripts/updater.ts` below the clone. */
export async function ownVersion(entry = process.argv[1] ?? ""): Promise<Version> {
  const root = join(dirname(entry), "..");
  const schema = buildInfoSchema.pick({ version: true });
  const info = (await readJson(join(root, "release-info.json"), schema)) ?? (await readJson(join(root, "package.json"), schema));
  if (info === null) {
    throw new AppError("file-unreadable", { path: join(root, "release-info.json"), reason: "it does not exist" });
  }
  return info.version;
}
