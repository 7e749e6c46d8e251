import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import type { HomePaths } from "../platform/home.ts";

/** The variable in the environment of app instances: `<home>/<slot>/<nonce>`. */
export const INSTANCE_MARK = "FILAOPS_INSTANCE";
/** The variable in the environment of what the launcher runs: `<home>/<name>/<nonce>`. */
export const SERVICE_MARK = "FILAOPS_SERVICE";

/** What the marks of a home begin with: the same for every way to write the home's path, and no path itself. */
export async function homeMark(paths: Pick<HomePaths, "home">): Promise<string> {
  const home = await realpath(paths.home);
  return `${createHash("sha256").update(home).digest("hex").slice(0, 16)}/`;
}
