import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleRelease } from "../../../scripts/packaging/bundle.ts";
import type { Packed } from "../../platform/tar-stream.ts";
import { packed, tarStream } from "../../platform/tar-stream.ts";
import type { SecretKey } from "../minisign.ts";
import type { TestRelease } from "./make-release.ts";
import { makeRelease } from "./make-release.ts";

/** Packs a release and makes its bundle, with an image of some bytes for linux/amd64. Returns the bundle's path. */
export async function makeBundle(folder: string, version: string, release: TestRelease & { key: SecretKey }): Promise<string> {
  const { layout, digest } = await makeImage(version);
  const image = { repository: "registry.example/filaops", digests: { "linux/amd64": digest } };
  await makeRelease(folder, version, { ...release, manifest: { image, ...release.manifest } });
  const file = join(folder, version, "layout.tar");
  await writeFile(file, layout);
  return bundleRelease({ folder: join(folder, version), images: [file] });
}

/** A plain tar file of these contents. */
export async function tarOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const list: Packed[] = Object.entries(files).map(([path, content]) => packed(path, Buffer.from(content)));
  return Buffer.concat(await Array.fromAsync(tarStream(list)));
}

/** An OCI layout whose image says to be this version. */
async function makeImage(version: string): Promise<{ layout: Buffer; digest: string }> {
  const config = JSON.stringify({ os: "linux", architecture: "amd64", config: { Labels: { version } } });
  const layer = `layer of ${version}`;
  const described = [config, layer].map((content) => ({
    mediaType: "application/octet-stream",
    digest: `sha256:${sha256(content)}`,
    size: content.length,
  }));
  const manifest = JSON.stringify({ schemaVersion: 2, config: described[0], layers: [described[1]] });
  const index = { schemaVersion: 2, manifests: [{ digest: `sha256:${sha256(manifest)}`, size: manifest.length }] };
  const blobs = [config, layer, manifest].map((content) => [`blobs/sha256/${sha256(content)}`, content] as const);
  const files = { "oci-layout": `{"imageLayoutVersion":"1.0.0"}`, "index.json": JSON.stringify(index) };
  return { layout: await tarOf({ ...files, ...Object.fromEntries(blobs) }), digest: `sha256:${sha256(manifest)}` };
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
