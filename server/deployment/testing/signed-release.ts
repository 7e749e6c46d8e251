import { cp, mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SecretKey } from "../../releases/minisign.ts";
import { writePublication } from "../../releases/publication.ts";
import { packFakeRelease } from "./fake-release.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Makes `<folder>/<name>`, a packaged and signed release whose app is made up and whose migrations are the real ones. */
export async function packSignedRelease(
  folder: string,
  {
    name,
    key,
    version = "1.0.0",
    files = {},
  }: { name: string; key: SecretKey; version?: string; files?: Record<string, string> },
): Promise<string> {
  const to = join(folder, name);
  const work = await mkdtemp(join(folder, "work-"));
  const migrate = `await import(${JSON.stringify(join(ROOT, "scripts/migrate.ts"))});`;
  const fake = await packFakeRelease(work, { version, files: { "bin/migrate.mjs": migrate, ...files } });
  await cp(work, to, { recursive: true });
  const migrations = (await readdir(join(ROOT, "prisma/migrations"))).filter((entry) => /^\d/.test(entry)).toSorted();
  const manifest = { ...fake.release.manifest, migrations: { head: migrations.at(-1) ?? "", count: migrations.length } };
  await writePublication(to, { manifest, notes: "", key });
  return to;
}
