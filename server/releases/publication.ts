import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { instantSchema } from "../platform/contract.ts";
import { readJson, writeAtomically } from "../platform/files.ts";
import type { Manifest } from "./contract.ts";
import { manifestSchema } from "./contract.ts";
import type { SecretKey } from "./minisign.ts";
import { publicKeyText, signContent } from "./minisign.ts";
import { MANIFEST_NAME, NOTES_NAME, PUBLICATION_NAME, SIGNATURE_NAME } from "./verify.ts";

/**
 * A packaged release is a folder: the archive, `release.json`, its signature, the public key that it holds for, `notes.md`, and `publication.json`,
 * which says how it is listed. The packager writes it; whoever publishes it (a feed, an upload to GitHub) reads it.
 */
export const publicationSchema = z.object({
  v: z.literal(1),
  tag: z.string(),
  publishedAt: instantSchema,
  prerelease: z.boolean(),
  draft: z.boolean(),
});
export type Publication = z.infer<typeof publicationSchema>;

/** Signs a manifest and writes all of a packaged release but the archive, which is there already. */
export async function writePublication(
  folder: string,
  { manifest, notes, key, ...listed }: { manifest: Manifest; notes: string; key: SecretKey } & Partial<Publication>,
): Promise<void> {
  const content = Buffer.from(`${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`);
  const { version, publishedAt } = manifest;
  const publication: Publication = { v: 1, tag: `v${version}`, publishedAt, prerelease: false, draft: false, ...listed };
  await writeAtomically(join(folder, MANIFEST_NAME), content);
  await writeAtomically(join(folder, SIGNATURE_NAME), signContent(content, key, `${manifest.product} ${version}`));
  // For who installs a first time. An installation that is there believes the key that was pinned, whatever comes along here.
  await writeAtomically(join(folder, "release.pub"), publicKeyText(key));
  await writeAtomically(join(folder, NOTES_NAME), notes);
  await writeAtomically(join(folder, PUBLICATION_NAME), `${JSON.stringify(publication, null, 2)}\n`);
}

/** Reads how a packaged release is listed; `null` when the folder holds none. */
export async function readPublication(folder: string): Promise<{ publication: Publication; notes: string } | null> {
  const publication = await readJson(join(folder, PUBLICATION_NAME), publicationSchema);
  return publication === null ? null : { publication, notes: await readFile(join(folder, NOTES_NAME), "utf8") };
}
