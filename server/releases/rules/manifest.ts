import { z } from "zod";
import type { Version } from "../../platform/contract.ts";
import type { Manifest } from "../contract.ts";
import { manifestSchema } from "../contract.ts";

type ManifestRefusal =
  | { code: "release-other-product"; details: { version: Version } }
  | { code: "release-other-version"; details: { version: Version; signed: string } }
  | { code: "release-manifest-invalid"; details: { version: Version; reason: string } };

export type ReadManifest = { kind: "read"; manifest: Manifest } | { kind: "refused"; refusal: ManifestRefusal };

/** What is looked at first, so that a release of another product is called that and not a misprint of ours. */
const coverSchema = z.object({ product: z.string(), version: z.string().max(200) });

/**
 * Reads a manifest whose signature holds, for the release whose tag names `version`. Of a bundle it is no tag but how it is called: what it is then the
 * manifest alone says (`isTag` is false).
 */
export function readManifest(text: string, version: Version, { isTag = true }: { isTag?: boolean } = {}): ReadManifest {
  const raw = parse(text);
  const cover = coverSchema.safeParse(raw);
  if (!cover.success) return invalid(version, raw === undefined ? "it is not JSON." : reasonOf(cover.error));
  if (cover.data.product !== "filaops") {
    return { kind: "refused", refusal: { code: "release-other-product", details: { version } } };
  }
  if (isTag && cover.data.version !== version) {
    return { kind: "refused", refusal: { code: "release-other-version", details: { version, signed: cover.data.version } } };
  }
  const manifest = manifestSchema.safeParse(raw);
  return manifest.success ? { kind: "read", manifest: manifest.data } : invalid(version, reasonOf(manifest.error));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // said by the caller: the message of the parser quotes what it could not read
  }
}

function invalid(version: Version, reason: string): ReadManifest {
  return { kind: "refused", refusal: { code: "release-manifest-invalid", details: { version, reason } } };
}

function reasonOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "its shape is unknown." : `${issue.path.join(".") || "the whole"}: ${issue.message}.`;
}
