import type { Version } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { ReleaseStatus } from "../releases/contract.ts";
import type { Way } from "../releases/rules/breaking.ts";
import type { Standing } from "../releases/rules/path.ts";
import { passed, pathTo } from "../releases/rules/path.ts";

/** The way to a version over what the check found and verified. Throws `release-unknown` when there is none. */
export function wayTo(wanted: Version, status: ReleaseStatus, at: Standing): Way {
  const releases = status.kind === "available" ? status.missed : [];
  const path = pathTo(wanted, releases, at);
  if (path.kind === "none") throw new AppError("release-unknown", { version: wanted });
  return { path: path.releases, passed: passed(wanted, releases, at.version) };
}
