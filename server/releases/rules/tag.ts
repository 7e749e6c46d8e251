import type { Version } from "../../platform/contract.ts";
import { versionSchema } from "../../platform/contract.ts";

/** The version that a tag names: strict semver with at most one `v` before it, on the raw text. `null` when it names none. */
export function versionOfTag(tag: string): Version | null {
  const parsed = versionSchema.safeParse(tag.startsWith("v") ? tag.slice(1) : tag);
  return parsed.success ? parsed.data : null;
}
