import { createHmac, timingSafeEqual } from "node:crypto";
import type { BackupManifest } from "./contract.ts";

type Unsealed = Omit<BackupManifest, "hmac">;

/** The manifest with an HMAC of the instance key over all of it, so that one which was made elsewhere or changed is known. */
export function seal(manifest: Unsealed, key: string): BackupManifest {
  return { ...manifest, hmac: hmacOf(manifest, key) };
}

/** Whether the manifest is as this installation wrote it. */
export function isSealed({ hmac, ...manifest }: BackupManifest, key: string): boolean {
  return timingSafeEqual(Buffer.from(hmac, "hex"), Buffer.from(hmacOf(manifest, key), "hex"));
}

function hmacOf(manifest: Unsealed, key: string): string {
  return createHmac("sha256", key).update(canonical(manifest)).digest("hex");
}

/** JSON whose keys stand in one order, whoever wrote it. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
