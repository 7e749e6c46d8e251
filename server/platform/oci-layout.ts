import { z } from "zod";
import type { Member, Part } from "./tar-file.ts";
import { membersOf, printable, sha256Of, smallContent } from "./tar-file.ts";
import { TarError } from "./tar.ts";

/** An image as an OCI layout (https://github.com/opencontainers/image-spec) in one plain tar file: what of it an image of ours needs, and nothing besides. */

export type OciImage = {
  /** The parsed manifest's blob, the image's configuration and its layers, each by its digest (`sha256:…`); the order of the layers is that of the image. */
  manifest: Blob;
  config: Blob;
  layers: readonly Blob[];
  platform: string;
};
export type Blob = { digest: string; member: Member };

const MOST_MEMBERS = 300;
const MOST_JSON_BYTES = 4 * 1024 * 1024;
const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const descriptorSchema = z.object({ digest: digestSchema, size: z.int().min(0) });
const layoutSchema = z.object({ imageLayoutVersion: z.literal("1.0.0") });
const indexSchema = z.object({ manifests: z.array(descriptorSchema).min(1) });
const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: descriptorSchema,
  layers: z.array(descriptorSchema).min(1),
});
const configSchema = z.object({ os: z.string(), architecture: z.string() });

/**
 * Reads the image whose manifest has this digest out of the layout that a part of a file is, and compares every blob of it with its digest, down from the
 * manifest: afterwards all of it is what the digest stands for. Throws `TarError` when it is not, or when there is anything else in the layout.
 */
export async function readOciImage(part: Part, digest: string, signal?: AbortSignal): Promise<OciImage> {
  const members = new Map((await membersOf(part, MOST_MEMBERS)).map((member) => [member.path, member]));
  await jsonOf(named(members, "oci-layout"), layoutSchema);
  const { manifests } = await jsonOf(named(members, "index.json"), indexSchema);
  const listed = manifests.find((one) => one.digest === digest);
  if (listed === undefined) throw new TarError("it is not the image that was signed");
  const manifest = await blobOf(members, listed, signal);
  const parts = await jsonOf(manifest.member, manifestSchema);
  const config = await blobOf(members, parts.config, signal);
  const layers: Blob[] = [];
  for (const layer of parts.layers) layers.push(await blobOf(members, layer, signal));
  const known = new Set(["oci-layout", "index.json", ...[manifest, config, ...layers].map(({ digest: own }) => pathOf(own))]);
  const foreign = [...members.keys()].find((path) => !known.has(path));
  if (foreign !== undefined) throw new TarError(`${printable(foreign)} in it is no part of the image`);
  const { os, architecture } = await jsonOf(config.member, configSchema);
  return { manifest, config, layers, platform: `${os}/${architecture}` };
}

async function blobOf(
  members: ReadonlyMap<string, Member>,
  { digest, size }: z.infer<typeof descriptorSchema>,
  signal?: AbortSignal,
): Promise<Blob> {
  const member = named(members, pathOf(digest));
  if (member.bytes !== size) throw new TarError(`${member.path} has ${member.bytes} bytes instead of ${size}`);
  if (`sha256:${await sha256Of(member, signal)}` !== digest) throw new TarError(`${member.path} is not what its digest says`);
  return { digest, member };
}

function pathOf(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function named(members: ReadonlyMap<string, Member>, path: string): Member {
  const member = members.get(path);
  if (member === undefined) throw new TarError(`${path} is missing`);
  return member;
}

async function jsonOf<S extends z.ZodType>(member: Member, schema: S): Promise<z.infer<S>> {
  const text = (await smallContent(member, MOST_JSON_BYTES)).toString("utf8");
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new TarError(`${member.path} is not JSON`); // the parser's message quotes what it could not read
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw new TarError(`${member.path} cannot be read`);
  return parsed.data;
}
