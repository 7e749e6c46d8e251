import { z } from "zod";

/**
 * What an archive may hold that is loaded into the engine: one image, without a name. A name in it would be moved there from whatever image has it now,
 * another project's too.
 */

const BLOB = /^blobs\/sha256\/[0-9a-f]{64}$/;
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** By its names for the engine's own store (`manifest.json`), and as an OCI layout for containerd's (`index.json`). */
const described = {
  "manifest.json": z
    .array(z.strictObject({ Config: z.string().regex(BLOB), RepoTags: z.null(), Layers: z.array(z.string().regex(BLOB)).min(1) }))
    .length(1),
  "index.json": z.strictObject({
    schemaVersion: z.literal(2),
    manifests: z.array(z.strictObject({ mediaType: z.string(), digest, size: z.int() })).length(1),
  }),
  "oci-layout": z.strictObject({ imageLayoutVersion: z.literal("1.0.0") }),
};
export type Described = keyof typeof described;

/** Whether a file of the archive says something that has to be read; `null`: it is no part of an image. */
export function kindOfLoaded(path: string): Described | "blob" | null {
  if (path in described) return path as Described;
  return BLOB.test(path) ? "blob" : null;
}

/** Whether a file that has to be read says what it may, and nothing else. */
export function isPlainImage(path: Described, text: string): boolean {
  try {
    return described[path].safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
