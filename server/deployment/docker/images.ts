import { join } from "node:path";
import { z } from "zod";
import { versionSchema } from "../../platform/contract.ts";
import { makeFolder, readJson, remove, syncFolder, writeAtomically } from "../../platform/files.ts";
import type { HomePaths } from "../../platform/home.ts";
import type { Project } from "./compose.ts";
import type { Engine, Image } from "./engine.ts";

/** The labels by which an image says which version it is, and of which commit. */
export const VERSION_LABEL = "org.opencontainers.image.version";
export const REVISION_LABEL = "org.opencontainers.image.revision";

/** Where images are kept, and where it is written down which. */
export type Shelf = { engine: Engine; paths: HomePaths; project: Project };

/** `releases/<version>/image.json`: which image a version is. What it refers to is here when it is written. */
const imageFileSchema = z.object({
  v: z.literal(1),
  version: versionSchema,
  /** What containers are made of: `repository@digest` of a pulled one, the image's id of one that was built here. */
  reference: z.string().min(1),
  /** The digest that was signed; `null` for the one that was installed by hand. */
  digest: z.string().nullable(),
  imageId: z.string(),
  /** `repository@digest`, by which it was pulled, where the reference is another one. */
  origin: z.string().exactOptional(),
  /** Of one that was built here: the commit. */
  commit: z.string().exactOptional(),
});
export type ImageFile = z.infer<typeof imageFileSchema>;

/**
 * A name for the image, so that `docker image prune` leaves it as long as a way back may need it (with `-a`, only a container keeps an image; see
 * `keeperOf`). Another installation on the same engine has names of its own.
 */
export function keptAs(project: Project, version: string): { repository: string; tag: string } {
  // A `+` may be part of a version, but of no tag; a `_` the other way round.
  return { repository: "filaops-keep", tag: `${project.name}-${version.replace("+", "_")}` };
}

/** The name of the container that is never started and keeps the image of a version; one-off, so that Compose leaves it alone. */
export function keeperOf(project: Project, version: string): string {
  return `${project.name}-keeps-${version.replace("+", "_")}`;
}

export async function readImage(paths: HomePaths, version: string): Promise<ImageFile | null> {
  return readJson(fileOf(paths, version), imageFileSchema);
}

/** By what it can be pulled again, if it was ever pulled. */
export function pulledAs({ reference, digest, origin }: ImageFile): string | undefined {
  return origin ?? (digest === null ? undefined : reference);
}

/** What about an image is not as wanted, or `null`. */
export function differenceOf(image: Image, { platform, version }: { platform: string; version: string }): string | null {
  if (image.platform !== platform) return `it is for ${image.platform}, and this computer is ${platform}`;
  const label = image.labels[VERSION_LABEL];
  return label === version ? null : `it says that it is ${label === undefined ? "no version at all" : `version ${label}`}`;
}

/** Gives the image its name, and then writes it down. */
export async function keepImage({ engine, paths, project }: Shelf, image: ImageFile): Promise<void> {
  await engine.tag(image.imageId, keptAs(project, image.version));
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
