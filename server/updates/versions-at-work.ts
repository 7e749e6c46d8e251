import { realpath } from "node:fs/promises";
import { programVersion } from "../deployment/program.ts";
import type { World } from "./world.ts";

/** The versions that something runs from now: the app's slots, this very service, which may run from a release's folder, and the next launcher. */
export async function versionsAtWork(world: Pick<World, "driver" | "paths">): Promise<string[]> {
  const running = Object.values(await world.driver.inspect()).map((instance) => instance.version);
  const program = await programVersion(world.paths);
  return [...running, ...(await ownVersion(world)), ...(program === null ? [] : [program])];
}

async function ownVersion({ paths }: Pick<World, "paths">): Promise<string[]> {
  // Started through the link `program`, it is in a release's folder all the same.
  const [entry, releases] = [await realpath(process.argv[1] ?? paths.home), await realpath(paths.releases)];
  return entry.startsWith(`${releases}/`) ? [entry.slice(releases.length + 1).split("/")[0] ?? ""] : [];
}
