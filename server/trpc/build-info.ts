import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readEnv } from "../platform/env.ts";
import { parseJson } from "../platform/files.ts";
import type { BuildInfo } from "../releases/contract.ts";
import { buildInfoSchema } from "../releases/contract.ts";

/** What this code is: by the release's own file, or, where there is no release (`next dev`), by the clone it runs in. */
export function readBuildInfo(): BuildInfo {
  const file = readEnv("FILAOPS_RELEASE_INFO");
  if (file !== undefined) return parseJson(readFileSync(file, "utf8"), buildInfoSchema, file);
  // Through a variable, so that the bundler does not take the clone's files for a part of the build.
  const root = process.cwd();
  const manifest = parseJson(
    readFileSync(join(root, "package.json"), "utf8"),
    buildInfoSchema.pick({ version: true }),
    "package.json",
  );
  return { version: manifest.version, commit: "development", schemaHead: newestMigration(join(root, "prisma", "migrations")) };
}

function newestMigration(folder: string): string {
  const names = readdirSync(folder).filter((name) => /^\d{14}_/.test(name));
  return names.sort().at(-1) ?? "";
}
