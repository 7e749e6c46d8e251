import { AppError, isAppError } from "../../platform/errors.ts";
import type { Release } from "../../releases/contract.ts";
import type { FetchOptions } from "../driver.ts";
import { bundledImageIsHere, loadBundled } from "./bundled.ts";
import type { Engine } from "./engine.ts";
import type { Shelf } from "./images.ts";
import { differenceOf, keepImage, readImage } from "./images.ts";

type Signed = { reference: string; digest: string; platform: string };

/** The release's image for this computer, by the digest that was signed. Throws `image-not-for-here`. */
async function signedImage(engine: Engine, { version, manifest }: Release): Promise<Signed> {
  const platform = await engine.platform();
  const digest = manifest.image?.digests[platform];
  if (manifest.image === undefined || digest === undefined) throw notForHere({ version }, platform);
  return { reference: `${manifest.image.repository}@${digest}`, digest, platform };
}

/** Whether the registry has the release's image, for this computer, or its bundle is here and whole. Throws the registry's words, what is wrong with the bundle, or `image-not-for-here`. */
export async function imageAnswers({ engine, paths }: Pick<Shelf, "engine" | "paths">, release: Release): Promise<void> {
  const { reference, digest, platform } = await signedImage(engine, release);
  if (release.bundle) return bundledImageIsHere(paths, release, { digest, platform });
  const platforms = await engine.answers(reference);
  if (platforms.length > 0 && !platforms.includes(platform)) throw notForHere(release, platform);
}

/** Pulls the release's image by its digest, or loads it out of its bundle, looks whether it is what was signed, and keeps it from being pruned. Does nothing when it is here. */
export async function fetchImage(
  { engine, paths, project }: Shelf,
  release: Release,
  { onBytes, signal }: FetchOptions,
): Promise<void> {
  const { version } = release;
  const signed = await signedImage(engine, release);
  const known = await readImage(paths, version);
  if (known?.digest === signed.digest && (await engine.image(known.imageId)) !== null) return;
  signal?.throwIfAborted();
  if (release.bundle) return loadBundled({ engine, paths, project }, release, { ...signed, onBytes, signal });
  const options = { ...(onBytes === undefined ? {} : { onBytes }), ...(signal === undefined ? {} : { signal }) };
  await engine.pull(signed.reference, options).catch((error: unknown) => {
    // Of what is published for several platforms at once, the engine looks for its own.
    const isOther = isAppError(error, "image-not-pulled") && /no matching manifest for|no match for platform/.test(error.message);
    throw isOther ? notForHere(release, signed.platform, error) : error;
  });
  const image = await engine.image(signed.reference);
  if (image === null) throw new AppError("image-differs", { version, what: "it is not there after it was pulled" });
  const isSigned = image.references.includes(signed.reference);
  const difference = isSigned ? differenceOf(image, { ...signed, version }) : "its digest is not the one that was signed";
  if (difference !== null) {
    // Another container may use it, then it stays: what counts is that we do not, and say why.
    await engine.untag(signed.reference).catch(() => undefined);
    throw new AppError("image-differs", { version, what: difference });
  }
  const { reference, digest } = signed;
  await keepImage({ engine, paths, project }, { v: 1, version, reference, digest, imageId: image.id });
}

function notForHere({ version }: Pick<Release, "version">, platform: string, cause?: unknown): AppError {
  return new AppError("image-not-for-here", { version, platform }, { cause });
}
