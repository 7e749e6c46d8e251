import { Readable } from "node:stream";
import { AppError, isAppError } from "../../platform/errors.ts";
import type { HomePaths } from "../../platform/home.ts";
import type { Blob, OciImage } from "../../platform/oci-layout.ts";
import { readOciImage } from "../../platform/oci-layout.ts";
import { contentOf } from "../../platform/tar-file.ts";
import type { Packed } from "../../platform/tar-stream.ts";
import { packed, tarStream } from "../../platform/tar-stream.ts";
import { TarError } from "../../platform/tar.ts";
import type { Manifest, Release } from "../../releases/contract.ts";
import { bundledImageName } from "../../releases/contract.ts";
import type { Sought } from "../bundled.ts";
import { bundleOf, withBundled } from "../bundled.ts";
import type { FetchOptions } from "../driver.ts";
import type { Engine, Image } from "./engine.ts";
import type { ImageFile, Shelf } from "./images.ts";
import { differenceOf, keepImage, pulledAs } from "./images.ts";

type Signed = { digest: string; platform: string };
type Loading = Signed & {
  /** `repository@digest`, by which a registry has it. */
  reference: string;
  onBytes?: FetchOptions["onBytes"] | undefined;
  signal?: AbortSignal | undefined;
};

/** Whether the image is in the release's bundle, and every byte of it is what was signed. Throws `bundle-gone`, `bundle-differs` or `bundle-not-for-here`. */
export async function bundledImageIsHere(paths: HomePaths, release: Release, signed: Signed): Promise<void> {
  await withImage(paths, bundleOf(release), { ...signed, use: () => Promise.resolve() });
}

/** Loads the image out of the release's bundle, looks whether it is what was signed, and keeps it from being pruned. Throws as above, or `image-differs`. */
export async function loadBundled(shelf: Shelf, release: Release, loading: Loading): Promise<void> {
  const { digest, platform, reference: origin, signal } = loading;
  const { version } = release;
  const use = async (wanted: OciImage) => {
    const image = await load(shelf.engine, { wanted, version }, loading);
    const difference = differenceOf(image, { platform, version });
    if (difference !== null) {
      await shelf.engine.removeNameless(image.id).catch(() => undefined);
      throw new AppError("image-differs", { version, what: difference });
    }
    await keepImage(shelf, { v: 1, version, reference: image.id, digest, imageId: image.id, origin });
  };
  await withImage(shelf.paths, bundleOf(release), { digest, platform, use, ...(signal === undefined ? {} : { signal }) });
}

/** Whether a bundle is here that has an image that was here before, and is missing now. */
export async function isBundledAgain({ engine, paths }: Shelf, file: ImageFile): Promise<boolean> {
  return withImageOf(paths, file, { platform: await engine.platform(), use: () => Promise.resolve() });
}

/** Loads such an image out of its bundle; false when no bundle has it. */
export async function loadAgain(shelf: Shelf, file: ImageFile, { onBytes, signal }: FetchOptions): Promise<boolean> {
  const { version, imageId } = file;
  const use = async (wanted: OciImage) => {
    const image = await load(shelf.engine, { wanted, version }, { onBytes, signal });
    if (image.id !== imageId) throw new AppError("image-differs", { version, what: "it is not the one that ran here before" });
    const origin = pulledAs(file);
    await keepImage(shelf, { ...file, reference: imageId, ...(origin === undefined ? {} : { origin }) });
  };
  return withImageOf(shelf.paths, file, {
    platform: await shelf.engine.platform(),
    use,
    ...(signal === undefined ? {} : { signal }),
  });
}

type Using = Signed & { use: (image: OciImage) => Promise<void>; signal?: AbortSignal };

async function withImageOf(paths: HomePaths, { version, digest }: ImageFile, using: Omit<Using, "digest">): Promise<boolean> {
  if (digest === null) return false;
  const isIt = ({ image }: Manifest) => image?.digests[using.platform] === digest;
  try {
    await withImage(paths, { version, isIt }, { ...using, digest });
    return true;
  } catch (error) {
    if (isAppError(error, "bundle-gone") || isAppError(error, "bundle-not-for-here")) return false;
    throw error;
  }
}

/** The compared image of a bundle, for `use`. */
async function withImage(paths: HomePaths, sought: Sought, { digest, platform, use, signal }: Using): Promise<void> {
  const { version } = sought;
  await withBundled(paths, sought, async (members) => {
    const member = members.get(bundledImageName(platform));
    if (member === undefined) throw new AppError("bundle-not-for-here", { version, needs: `an image for ${platform}` });
    const image = await readOciImage(member, digest, signal);
    if (image.platform !== platform) throw new TarError(`the image is for ${image.platform}`);
    await use(image);
  });
}

async function load(
  engine: Engine,
  { wanted, version }: { wanted: OciImage; version: string },
  { onBytes, signal }: Pick<Loading, "onBytes" | "signal">,
): Promise<Image> {
  const sizes = [wanted.config, ...wanted.layers].map(({ member }) => member.bytes);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const archive = Readable.from(counted(tarStream(filesOf(wanted)), (done) => onBytes?.(Math.min(done, total), total)));
  await engine.load(archive, signal === undefined ? {} : { signal });
  const image = await loaded(engine, wanted);
  if (image === null) throw new AppError("image-differs", { version, what: "it is not there after it was loaded" });
  return image;
}

/** Docker's own store knows an image by its configuration, containerd's by its manifest: in both the id stands for every byte of it. */
async function loaded(engine: Engine, { config, manifest }: OciImage): Promise<Image | null> {
  return (await engine.image(config.digest)) ?? (await engine.image(manifest.digest));
}

/** The image as both stores load it, and without a name, which the socket proxy would refuse. */
function filesOf({ manifest, config, layers }: OciImage): Packed[] {
  const { digest, member } = manifest;
  const listed = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: member.bytes };
  const saved = [{ Config: config.member.path, RepoTags: null, Layers: layers.map((layer) => layer.member.path) }];
  const json = (path: string, value: unknown) => packed(path, Buffer.from(JSON.stringify(value)));
  const blobs = new Map([manifest, config, ...layers].map((blob) => [blob.digest, blob]));
  return [
    json("oci-layout", { imageLayoutVersion: "1.0.0" }),
    json("index.json", { schemaVersion: 2, manifests: [listed] }),
    json("manifest.json", saved),
    ...[...blobs.values()].map(({ member: own }: Blob) => ({ path: own.path, bytes: own.bytes, content: () => contentOf(own) })),
  ];
}

async function* counted(stream: AsyncIterable<Buffer>, told: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream) {
    yield chunk;
    bytes += chunk.length;
    told(bytes);
  }
}
