import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar";
import { z } from "zod";
import { exists, parseJson } from "../../server/platform/files.ts";
import type { Packed } from "../../server/platform/tar-stream.ts";
import { packed, tarBytes, tarStream } from "../../server/platform/tar-stream.ts";
import type { Manifest } from "../../server/releases/contract.ts";
import { bundledImageName, manifestSchema } from "../../server/releases/contract.ts";
import { MANIFEST_NAME, NOTES_NAME, PUBLICATION_NAME, SIGNATURE_NAME } from "../../server/releases/verify.ts";

export type Bundling = {
  /** A packaged release, as `packageRelease` makes it. */
  folder: string;
  /** Tar files of OCI image layouts, which hold the images that `release.json` signs. */
  images?: readonly string[];
  /** Whether the archive goes in, for installations without containers. */
  archive?: boolean;
  /** The file that is made; by default beside the archive. */
  out?: string;
};

/** Makes a bundle of a packaged release: one plain tar file with all of it. The same release gives the same bytes. Returns where it lies. */
export async function bundleRelease({ folder, images = [], archive = true, out }: Bundling): Promise<string> {
  const path = join(folder, MANIFEST_NAME);
  const manifest = parseJson(await readFile(path, "utf8"), manifestSchema, path);
  const names = [MANIFEST_NAME, SIGNATURE_NAME, NOTES_NAME, PUBLICATION_NAME, ...(archive ? [manifest.archive.name] : [])];
  const work = await mkdtemp(join(tmpdir(), "filaops-bundle-"));
  try {
    const files: Packed[] = [];
    for (const name of names) if (await exists(join(folder, name))) files.push(await onDisk(name, join(folder, name)));
    for (const [index, image] of images.entries()) files.push(...(await imagesOf(image, join(work, String(index)), manifest)));
    const file = out ?? join(folder, `filaops-${manifest.version}.bundle.tar`);
    await write(`${file}.part`, files);
    await rename(`${file}.part`, file);
    return file;
  } finally {
    await rm(work, { recursive: true });
  }
}

/** The signed images of a layout, each as a layout of its own with nothing besides. */
async function imagesOf(layout: string, folder: string, { version, image }: Manifest): Promise<Packed[]> {
  await mkdir(folder);
  await extract({ file: layout, cwd: folder, strict: true });
  const files: Packed[] = [];
  for (const [platform, digest] of Object.entries(image?.digests ?? {})) {
    if (await exists(join(folder, blobPath(digest)))) files.push(await imageOf(folder, platform, digest));
  }
  if (files.length > 0) return files;
  throw new Error(`${layout} holds none of the images that the release.json of ${version} signs.`);
}

const descriptorSchema = z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/), mediaType: z.string() });
const imageSchema = z.object({
  mediaType: z.string().exactOptional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});
/** What a registry has for several platforms at once. */
const indexSchema = z.object({ manifests: z.array(z.unknown()) });
const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

async function imageOf(folder: string, platform: string, digest: string): Promise<Packed> {
  const text = await readFile(join(folder, blobPath(digest)), "utf8");
  if (indexSchema.safeParse(JSON.parse(text)).success) {
    throw new Error(
      `For ${platform}, release.json signs an index of images. A bundle needs the digest of that platform's image to be signed.`,
    );
  }
  const { mediaType = OCI_MANIFEST, config, layers } = parseJson(text, imageSchema, blobPath(digest));
  const [os, architecture] = platform.split("/");
  const listed = { mediaType, digest, size: Buffer.byteLength(text), platform: { os, architecture } };
  const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [listed] };
  const blobs = [...new Set([digest, config.digest, ...layers.map((layer) => layer.digest)])];
  const files = [
    packed("oci-layout", Buffer.from(JSON.stringify({ imageLayoutVersion: "1.0.0" }))),
    packed("index.json", Buffer.from(JSON.stringify(index))),
    ...(await Promise.all(blobs.map((blob) => onDisk(blobPath(blob), join(folder, blobPath(blob)))))),
  ];
  return { path: bundledImageName(platform), bytes: tarBytes(files), content: () => tarStream(files) };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

async function onDisk(path: string, file: string): Promise<Packed> {
  return { path, bytes: (await stat(file)).size, content: () => createReadStream(file) as AsyncIterable<Buffer> };
}

async function write(path: string, files: readonly Packed[]): Promise<void> {
  const file = await open(path, "w", 0o644);
  try {
    for await (const chunk of tarStream(files)) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}
