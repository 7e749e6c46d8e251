import type { Problem } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { Release } from "./contract.ts";
import type { Asset, Documents, Listed } from "./feed-cache.ts";
import type { PublicKey } from "./minisign.ts";
import { verifySignature } from "./minisign.ts";
import type { ReadManifest } from "./rules/manifest.ts";
import { readManifest } from "./rules/manifest.ts";
import { versionOfTag } from "./rules/tag.ts";

export const MANIFEST_NAME = "release.json";
export const SIGNATURE_NAME = "release.json.minisig";
export const NOTES_NAME = "notes.md";
/** How a packaged release is listed. */
export const PUBLICATION_NAME = "publication.json";

/** What an entry of the list names, before anything of it is fetched. */
export type Candidate =
  { kind: "candidate"; version: string; manifest: Asset; signature: Asset } | { kind: "refused"; problem: Problem };

/** Whether an entry of the list can be a release at all: its tag is a version and the signed description is there. */
export function candidateOf(listed: Listed): Candidate {
  const version = versionOfTag(listed.tag);
  if (version === null) return refused(new AppError("release-tag-invalid", {}));
  const manifest = listed.assets.find(({ name }) => name === MANIFEST_NAME);
  const signature = listed.assets.find(({ name }) => name === SIGNATURE_NAME);
  if (manifest === undefined) return refused(new AppError("release-incomplete", { version, missing: MANIFEST_NAME }));
  if (signature === undefined) return refused(new AppError("release-unsigned", { version }));
  return { kind: "candidate", version, manifest, signature };
}

export type Verified = { kind: "verified"; release: Release; archive: Asset } | { kind: "refused"; problem: Problem };

/**
 * Makes a release out of an entry of the list and its documents, or says why not. Nothing of the manifest is read before the signature
 * over its bytes holds; what the list says besides (notes, addresses, the pre-release flag) is not signed.
 */
export function verifyRelease(
  listed: Listed,
  documents: Documents,
  { version, key }: { version: string; key: PublicKey },
): Verified {
  const read = verifyManifest(documents, { called: version, key, isTag: true });
  return read.kind === "read" ? withArchive(listed, read) : read;
}

type VerifiedManifest = Extract<ReadManifest, { kind: "read" }> | { kind: "refused"; problem: Problem };

/** Reads what a release says about itself, once the signature over its bytes holds. `isTag`: it must be the version that it is called. */
export function verifyManifest(
  documents: Documents,
  { called, key, isTag }: { called: string; key: PublicKey; isTag: boolean },
): VerifiedManifest {
  const content = Buffer.from(documents.manifest, "base64");
  const signature = verifySignature(content, documents.signature, key);
  if (signature.kind === "invalid") {
    const code = signature.reason === "unknown-key" ? "release-signer-unknown" : "release-signature-wrong";
    return refused(new AppError(code, { version: called }));
  }
  const read = readManifest(content.toString("utf8"), called, { isTag });
  return read.kind === "read" ? read : refused(new AppError(read.refusal.code, read.refusal.details));
}

function withArchive(listed: Listed, { manifest }: Extract<ReadManifest, { kind: "read" }>): Verified {
  const { version, publishedAt, archive: signed } = manifest;
  const archive = listed.assets.find(({ name }) => name === signed.name);
  if (archive === undefined) return refused(new AppError("release-incomplete", { version, missing: `file ${signed.name}` }));
  if (archive.bytes !== signed.bytes) {
    return refused(new AppError("release-archive-differs", { version, signedBytes: signed.bytes, listedBytes: archive.bytes }));
  }
  const { prerelease, notes, url } = listed;
  return {
    kind: "verified",
    archive,
    release: { version, prerelease, publishedAt, notes, url, archiveUrl: archive.url, bundle: false, manifest },
  };
}

function refused(error: AppError): { kind: "refused"; problem: Problem } {
  return { kind: "refused", problem: error.problem };
}
