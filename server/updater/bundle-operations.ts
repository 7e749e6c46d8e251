import { join } from "node:path";
import type { Readable } from "node:stream";
import { AppError } from "../platform/errors.ts";
import { remove, syncFolder } from "../platform/files.ts";
import type { BundleItem, Bundles, ReceivedBundle } from "../releases/bundle-contract.ts";
import { takesOf } from "../releases/bundles.ts";
import type { ReleaseChecker } from "../releases/check.ts";
import { readReleaseKey } from "../releases/check.ts";
import type { ReceiveOptions } from "../releases/receive-bundle.ts";
import { receiveBundle } from "../releases/receive-bundle.ts";
import type { World } from "../updates/world.ts";

/** What the updater's service does with bundles, releases that were brought here by hand. Nothing in it takes a path. */
export type BundleOperations = {
  bundles: () => Promise<Bundles>;
  /** Takes in a bundle; what is wrong with it is said in words (`bundle-refused`, `bundle-differs`, `release-signer-unknown` …). */
  receiveBundle: (bundle: Readable, options: ReceiveOptions) => Promise<ReceivedBundle>;
  /** Throws `not-found`, or `run-under-way`: a run may be reading it. */
  removeBundle: (name: string) => Promise<void>;
};

type Parts = {
  world: Pick<World, "paths" | "clock" | "config">;
  checker: Pick<ReleaseChecker, "bundles">;
  whileIdle: <T>(act: () => Promise<T>) => Promise<T>;
};

export function createBundleOperations({ world, checker, whileIdle }: Parts): BundleOperations {
  const { paths, clock, config } = world;
  const find = async (which: (bundle: BundleItem) => boolean): Promise<BundleItem> => {
    const found = (await checker.bundles()).find(which);
    if (found === undefined) throw new AppError("not-found", { what: "bundle" });
    return found;
  };
  return {
    bundles: async () => ({ folder: paths.bundles, bundles: await checker.bundles() }),
    receiveBundle: async (stream, options) => {
      const key = await readReleaseKey(paths);
      const { version, origin } = await receiveBundle({ paths, clock, key, takes: takesOf(config) }, stream, options);
      return { bundle: await find(({ name }) => join(paths.bundles, name) === paths.bundle(version)), origin };
    },
    removeBundle: (wanted) =>
      whileIdle(async () => {
        const { name } = await find((bundle) => bundle.name === wanted);
        await remove(join(paths.bundles, name));
        await syncFolder(paths.bundles);
      }),
  };
}
