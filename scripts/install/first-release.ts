import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../../server/platform/errors.ts";
import { parseJson } from "../../server/platform/files.ts";
import type { Manifest } from "../../server/releases/contract.ts";
import { manifestSchema } from "../../server/releases/contract.ts";
import { parsePublicKey, verifySignature } from "../../server/releases/minisign.ts";
import { MANIFEST_NAME, SIGNATURE_NAME } from "../../server/releases/verify.ts";

export type SignedRelease = { manifest: Manifest; archive: string };

/**
 * Reads a packaged release (its folder, or the archive in it) and looks whether the given key signed it and its archive is the signed one.
 * Throws as an update would: what is not signed is not installed by hand either.
 */
export async function readSignedRelease(release: string, releaseKey: string): Promise<SignedRelease> {
  const folder = (await stat(release)).isDirectory() ? release : dirname(release);
  const manifest = await readSigned(folder, releaseKey);
  const archive = join(folder, manifest.archive.name);
  if ((await digestOf(archive)) === manifest.archive.sha256) return { manifest, archive };
  throw new AppError("archive-refused", { version: manifest.version, reason: "it is not the one that was signed" });
}

async function readSigned(folder: string, releaseKey: string): Promise<Manifest> {
  const content = await readFile(join(folder, MANIFEST_NAME));
  const signature = await readFile(join(folder, SIGNATURE_NAME), "utf8");
  const verified = verifySignature(content, signature, parsePublicKey(releaseKey));
  if (verified.kind === "invalid") {
    const code = verified.reason === "unknown-key" ? "release-signer-unknown" : "release-signature-wrong";
    throw new AppError(code, { version: `in ${folder}` });
  }
  return parseJson(content.toString("utf8"), manifestSchema, join(folder, MANIFEST_NAME));
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
