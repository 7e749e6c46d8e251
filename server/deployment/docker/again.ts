import { AppError, isAppError } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import type { FetchOptions } from "../driver.ts";
import { isBundledAgain, loadAgain } from "./bundled.ts";
import type { ImageFile, Shelf } from "./images.ts";
import { keepImage, pulledAs, readImage } from "./images.ts";
import type { Source } from "./source.ts";
import { buildImage, sourceAnswers } from "./source.ts";

type Site = Shelf & { log: Log; source?: Source };

/** How an image that was here can be had again. */
type Way = { by: "pull"; reference: string } | { by: "build"; source: Source; release: Buildable };
type Buildable = Parameters<typeof buildImage>[1];

/** Whether an image that was here, and was pruned, can be had again now. Throws `version-gone`, or what stands in the way of a build. */
export async function answersAgain(site: Site, version: string): Promise<void> {
  const file = await known(site, version);
  if (await isBundledAgain(site, file)) return;
  const way = wayOf(site, file);
  if (way.by === "build") return sourceAnswers(site.engine, way.source, { release: way.release });
  try {
    await site.engine.answers(way.reference);
  } catch (error) {
    if (!isAppError(error, "engine-refused")) throw error;
    const todo = `On the server, run \`docker pull ${way.reference}\`. When that works, try again.`;
    throw new AppError("version-gone", { version, reason: error.problem.happened.replace(/\.$/, ""), todo }, { cause: error });
  }
}

/**
 * Loads it out of its bundle where that is here, else pulls it by the digest that was signed, or that it was installed by; one that was built here is built again of the same commit. Does nothing when it
 * is here.
 */
export async function fetchAgain(site: Site, version: string, options: FetchOptions): Promise<void> {
  const { engine } = site;
  const file = await known(site, version);
  if ((await engine.image(file.imageId)) !== null) return;
  if (await loadAgain(site, file, options)) return;
  const way = wayOf(site, file);
  if (way.by === "build") return buildImage({ ...site, source: way.source }, way.release, options);
  options.signal?.throwIfAborted();
  await engine.pull(way.reference, options);
  const image = await engine.image(way.reference);
  if (image?.id !== file.imageId) {
    throw new AppError("image-differs", { version, what: "it is not the one that ran here before" });
  }
  // A tag that it was started by went with it: from now on it is started by its digest.
  await keepImage(site, { ...file, reference: way.reference });
}

async function known({ paths }: Site, version: string): Promise<ImageFile> {
  const file = await readImage(paths, version);
  if (file === null) throw new AppError("release-missing", { version });
  return file;
}

function wayOf({ source }: Site, file: ImageFile): Way {
  const { version, reference, commit } = file;
  const pulled = pulledAs(file);
  if (pulled !== undefined) return { by: "pull", reference: pulled };
  if (source !== undefined && commit !== undefined) return { by: "build", source, release: { version, manifest: { commit } } };
  const todo =
    commit === undefined
      ? `If another computer has the image ${reference}, bring it here with \`docker save\` and \`docker load\`, then try again.`
      : "Say in .env, at FILAOPS_BUILD_FROM, where its source is, run `docker compose up -d`, and try again.";
  throw new AppError("version-gone", { version, reason: "its image was made on this computer, and removed since", todo });
}
