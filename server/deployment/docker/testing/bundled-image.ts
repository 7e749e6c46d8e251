import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { bundleRelease } from "../../../../scripts/packaging/bundle.ts";
import { packed, tarStream } from "../../../platform/tar-stream.ts";
import type { HomePaths } from "../../../platform/home.ts";
import type { Release } from "../../../releases/contract.ts";

const partSchema = z.object({ digest: z.string() });
const manifestSchema = z.object({ config: partSchema, layers: z.array(partSchema) });

/** Lays a bundle of the release with its image, fetched from the registry, and returns the release as the bundle offers it: of a registry that there is not. */
export async function layBundle(folder: string, paths: HomePaths, release: Release): Promise<Release> {
  const { repository = "", digests = {} } = release.manifest.image ?? {};
  const digest = digests["linux/amd64"] ?? "";
  const manifest = await get(repository, `manifests/${digest}`);
  const { config, layers } = manifestSchema.parse(JSON.parse(manifest.toString()));
  const names = [...new Set([config, ...layers].map((part) => part.digest))];
  const blobs = await Promise.all(names.map(async (name) => [name, await get(repository, `blobs/${name}`)] as const));
  const files = [[digest, manifest] as const, ...blobs].map(([name, content]) =>
    packed(`blobs/${name.replace(":", "/")}`, content),
  );
  const from = join(folder, `bundled-${release.version}`);
  await mkdir(from);
  await mkdir(paths.bundles, { recursive: true });
  await writeFile(join(from, "layout.tar"), Buffer.concat(await Array.fromAsync(tarStream(files))));
  const image = { repository: "registry.invalid/filaops", digests: { "linux/amd64": digest } };
  const bundled = { ...release.manifest, image };
  await writeFile(join(from, "release.json"), JSON.stringify(bundled));
  await bundleRelease({ folder: from, images: [join(from, "layout.tar")], archive: false, out: paths.bundle(release.version) });
  return { ...release, manifest: bundled, bundle: true, archiveUrl: null };
}

async function get(repository: string, path: string): Promise<Buffer> {
  const [registry = "", ...name] = repository.split("/");
  const accept = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json, */*";
  const answer = await fetch(`http://${registry}/v2/${name.join("/")}/${path}`, { headers: { accept } });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}
