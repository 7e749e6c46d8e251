import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker } from "../../server/deployment/docker/testing/engine.ts";
import { makeFolder, readJson, remove } from "../../server/platform/files.ts";
import { run } from "../../server/platform/process.ts";
import { manifestSchema } from "../../server/releases/contract.ts";
import { parseSecretKey } from "../../server/releases/minisign.ts";
import { readPublication, writePublication } from "../../server/releases/publication.ts";
import type { DemoPlaces } from "./places.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const RUNTIME = "filaops-demo-runtime";

export type Registry = { registry: string; base: string };

/** The name of a release's image in the demo's registry. */
export function imageName(registry: string, version: string): string {
  return `${registry}/filaops:${version}`;
}

/**
 * Makes an image of each packaged release, pushes it, and publishes the release again in `folder`, now with its image's digest signed. The images
 * hold the very files of the archives, on what the Dockerfile gives every release to run on.
 */
export async function publishImages(
  places: DemoPlaces,
  { folder, versions, registry, base }: Registry & { folder: string; versions: readonly string[] },
): Promise<void> {
  await docker(["build", "--quiet", "--target", "runtime", "--build-arg", `BASE=${base}`, "--tag", RUNTIME, ROOT]);
  const key = parseSecretKey(await readFile(places.secretKey, "utf8"));
  for (const version of versions) {
    const packaged = join(places.releases, version);
    if (await isPublished(packaged, join(folder, version))) continue;
    const manifest = await readJson(join(packaged, "release.json"), manifestSchema);
    const listed = await readPublication(packaged);
    if (manifest === null || listed === null) throw new Error(`${packaged} holds no release`);
    const name = imageName(registry, version);
    await buildImage({ archive: join(packaged, manifest.archive.name), version, commit: manifest.commit, name });
    await docker(["push", "--quiet", name]);
    const digest = await digestOf(name);
    const image = { repository: name.slice(0, name.lastIndexOf(":")), digests: { [await platform()]: digest } };
    const to = join(folder, version);
    await makeFolder(to);
    await cp(join(packaged, manifest.archive.name), join(to, manifest.archive.name));
    await writePublication(to, { ...listed.publication, manifest: { ...manifest, image }, notes: listed.notes, key });
  }
}

/** Takes the names of these patterns off their images, and the images with their last names. */
export async function forgetImages(patterns: readonly string[]): Promise<void> {
  for (const pattern of patterns) {
    const listed = await docker([
      "images",
      "--filter",
      `reference=${pattern}`,
      "--format",
      "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}",
    ]);
    for (const name of listed.split(/\s+/).filter((word) => word !== "" && !word.endsWith("<none>"))) {
      await docker(["rmi", name]).catch(() => undefined);
    }
  }
}

/** Whether the image in the registry was made of the very archive that is packaged now. */
async function isPublished(packaged: string, to: string): Promise<boolean> {
  const [now, before] = [
    await readJson(join(packaged, "release.json"), manifestSchema),
    await readJson(join(to, "release.json"), manifestSchema),
  ];
  if (before?.image === undefined || now?.archive.sha256 !== before.archive.sha256) return false;
  const { repository, digests } = before.image;
  const [registry = "", ...name] = repository.split("/");
  const url = `http://${registry}/v2/${name.join("/")}/manifests/${Object.values(digests)[0] ?? ""}`;
  const accept = "application/vnd.docker.distribution.manifest.v2+json";
  return (await fetch(url, { method: "HEAD", headers: { accept } })).ok;
}

type Wanted = { archive: string; version: string; commit: string; name: string };

async function buildImage({ archive, version, commit, name }: Wanted): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), "filaops-image-"));
  try {
    await run("tar", ["--extract", "--file", archive, "--directory", context]);
    const lines = [
      `FROM ${RUNTIME}`,
      `COPY filaops-${version} /opt/filaops`,
      `LABEL org.opencontainers.image.version=${version} org.opencontainers.image.revision=${commit}`,
    ];
    await writeFile(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
    await docker(["build", "--quiet", "--tag", name, context]);
  } finally {
    await remove(context);
  }
}

async function digestOf(name: string): Promise<string> {
  const references = (await docker(["image", "inspect", "--format", '{{join .RepoDigests "\\n"}}', name])).trim().split("\n");
  const own = references.find((reference) => reference.startsWith(`${name.slice(0, name.lastIndexOf(":"))}@`));
  if (own === undefined) throw new Error(`${name} was pushed and has no digest`);
  return own.slice(own.indexOf("@") + 1);
}

async function platform(): Promise<string> {
  return (await docker(["version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"])).trim();
}
