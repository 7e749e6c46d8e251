import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../contract.ts";
import type { SecretKey } from "../minisign.ts";
import { createKeyPair, parseSecretKey } from "../minisign.ts";
import type { Publication } from "../publication.ts";
import { writePublication } from "../publication.ts";

/** A key pair for a test: the text of the public key's file, and the secret key itself. */
export function testKey(): { publicKey: string; key: SecretKey } {
  const { publicKey, secretKey } = createKeyPair();
  return { publicKey, key: parseSecretKey(secretKey) };
}

/** A manifest that fits anywhere, with what a test wants otherwise. */
export function testManifest(version: string, otherwise: Partial<Manifest> = {}): Manifest {
  return {
    schema: 1,
    product: "filaops",
    version,
    publishedAt: "2026-11-01T00:00:00Z",
    expires: "2027-11-01T00:00:00Z",
    upgradeFrom: "1.0.0",
    minUpdater: "1.0.0",
    commit: "0123456789abcdef0123456789abcdef01234567",
    archive: { name: `filaops-${version}.tar.gz`, sha256: "0".repeat(64), bytes: 1 },
    migrations: { head: "20261126220000_update_dismissals", count: 3 },
    node: { min: "24.0.0" },
    cutover: "staged",
    breaking: [],
    migratable: true,
    fixes: [],
    severity: "normal",
    knownIssues: [],
    totals: { changed: [] },
    postgres: { min: 13, max: 18 },
    rollout: { percent: 100 },
    ...otherwise,
  };
}

export type TestRelease = { manifest?: Partial<Manifest>; publication?: Partial<Publication>; notes?: string; archive?: string };

/** Writes a packaged release into `<folder>/<version>` for a feed; its archive is only some bytes unless a test gives it others. */
export async function makeRelease(
  folder: string,
  version: string,
  { key, manifest, publication, notes = `# ${version}`, archive = `archive of ${version}` }: TestRelease & { key: SecretKey },
): Promise<void> {
  const own = join(folder, version);
  await mkdir(own, { recursive: true });
  const name = `filaops-${version}.tar.gz`;
  await writeFile(join(own, name), archive);
  const sha256 = createHash("sha256").update(archive).digest("hex");
  const signed = testManifest(version, { archive: { name, sha256, bytes: Buffer.byteLength(archive) }, ...manifest });
  await writePublication(own, { manifest: signed, notes, key, ...publication });
}
