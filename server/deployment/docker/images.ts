import { join } from "node:path";
import { z } from "zod";
import { versionSchema } from "../../platform/contract.ts";
import { makeFolder, readJson, remove, syncFolder, writeAtomically } from "../../platform/files.ts";
import type { HomePaths } from "../../platform/home.ts";
import type { Project } from "./compose.ts";

/** `releases/<version>/image.json`: which image a version is. What it refers to is here when it is written. */
const imageFileSchema = z.object({
  v: z.literal(1),
  version: versionSchema,
  /** What containers are made of: `repository@digest` of a pulled one, the image's id of one that was built here. */
  reference: z.string().min(1),
  /** The digest that was signed; `null` for the one that was installed by hand. */
  digest: z.string().nullable(),
  imageId: z.string(),
});
export type ImageFile = z.infer<typeof imageFileSchema>;

/**
 * A name for the image, so that `docker image prune` leaves it as long as a way back may need it (with `-a`, only a container keeps an image: what
 * was lost that way is missing for `has`, and is fetched again). Another installation on the same engine has names of its own.
 */
export function keptAs(project: Project, version: string): { repository: string; tag: string } {
  // A `+` may be part of a version, but of no tag; a `_` the other way round.
  return { repository: "filaops-keep", tag: `${project.name}-${version.replace("+", "_")}` };
}

export async function readImage(paths: HomePaths, version: string): Promise<ImageFile | null> {
  return readJson(fileOf(paths, version), imageFileSchema);
}

export async function writeImage(paths: HomePaths, image: ImageFile): Promise<void> {
  await makeFolder(paths.release(image.version));
  await syncFolder(paths.releases);
  await writeAtomically(fileOf(paths, image.version), `${JSON.stringify(image, null, 2)}\n`);
}

export async function forgetImage(paths: HomePaths, version: string): Promise<void> {
  await remove(paths.release(versionSchema.parse(version)));
}

function fileOf(paths: HomePaths, version: string): string {
  return join(paths.release(versionSchema.parse(version)), "image.json");
}
