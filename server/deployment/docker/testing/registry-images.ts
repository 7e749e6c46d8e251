import { createHash } from "node:crypto";
import { z } from "zod";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";

/** Where an image lies: `<registry>/<name>`, and its digest. */
export type Place = { repository: string; digest: string };

const manifestSchema = z.looseObject({ config: z.looseObject({ digest: z.string(), size: z.number() }) });
const configSchema = z.looseObject({ architecture: z.string() });

/** Puts an index into the registry, by hand: this one image, said to be for each of the platforms. Returns its digest. */
export async function putIndex({ repository, digest }: Place, architectures: readonly string[]): Promise<string> {
  const size = (await get({ repository, path: `manifests/${digest}`, accept: MANIFEST })).length;
  const entry = (architecture: string) => ({ mediaType: MANIFEST, size, digest, platform: { architecture, os: "linux" } });
  return putManifest(repository, { schemaVersion: 2, mediaType: INDEX, manifests: architectures.map(entry) });
}

/** Puts the same image into the registry again, which then says of itself that it is for another architecture. Returns its digest. */
export async function putOther({ repository, digest }: Place, architecture: string): Promise<string> {
  const manifest = manifestSchema.parse(JSON.parse(await get({ repository, path: `manifests/${digest}`, accept: MANIFEST })));
  const config = configSchema.parse(
    JSON.parse(await get({ repository, path: `blobs/${manifest.config.digest}`, accept: "*/*" })),
  );
  const bytes = JSON.stringify({ ...config, architecture });
  const begun = await ask(urlOf(repository, "blobs/uploads/"), { method: "POST" });
  const place = new URL(begun.headers.get("location") ?? "", urlOf(repository, ""));
  place.searchParams.set("digest", digestOf(bytes));
  await ask(place, { method: "PUT", body: bytes, headers: { "content-type": "application/octet-stream" } });
  const own = { ...manifest.config, digest: digestOf(bytes), size: bytes.length };
  return putManifest(repository, { ...manifest, mediaType: MANIFEST, config: own });
}

async function putManifest(repository: string, manifest: { mediaType: string } & Record<string, unknown>): Promise<string> {
  const body = JSON.stringify(manifest);
  const digest = digestOf(body);
  await ask(urlOf(repository, `manifests/${digest}`), { method: "PUT", body, headers: { "content-type": manifest.mediaType } });
  return digest;
}

async function get({ repository, path, accept }: { repository: string; path: string; accept: string }): Promise<string> {
  return (await ask(urlOf(repository, path), { headers: { accept } })).text();
}

async function ask(url: URL, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url.pathname}: HTTP ${answer.status} ${await answer.text()}`);
  return answer;
}

function urlOf(repository: string, path: string): URL {
  const [registry = "", ...name] = repository.split("/");
  return new URL(`http://${registry}/v2/${name.join("/")}/${path}`);
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
