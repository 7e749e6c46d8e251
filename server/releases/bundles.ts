import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../platform/config.ts";
import type { Problem } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { isErrno, namesIn } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { printable, withFile } from "../platform/tar-file.ts";
import { bundleNameSchema } from "./bundle-contract.ts";
import type { Release } from "./contract.ts";
import type { PublicKey } from "./minisign.ts";
import type { Bundle, ReadBundle } from "./read-bundle.ts";
import { asRefusal, readBundle } from "./read-bundle.ts";

/** A file in the folder of bundles. `release` is set once its signature holds, `problem` when it is not offered all the same. */
export type LaidBundle = { name: string; bytes: number; laidAt: string; release: Release | null; problem: Problem | null };

/** What this installation installs: the archive, or the image for a platform such as `linux/amd64`. */
export type Takes = { kind: "archive" } | { kind: "image"; platform: string };

export type BundleShelf = { list: (key: PublicKey) => Promise<LaidBundle[]> };

/** More files than anybody lays there on purpose are not looked at. */
const MOST_BUNDLES = 100;

export function takesOf({ driver }: Pick<Config, "driver">, arch: string = process.arch): Takes {
  const names: Record<string, string> = { x64: "amd64", ia32: "386" };
  return driver === "native" ? { kind: "archive" } : { kind: "image", platform: `linux/${names[arch] ?? arch}` };
}

/** Why a bundle is of no use to an installation, or `null`. */
export function unfitProblem({ release, archive, images }: Bundle, takes: Takes): Problem | null {
  const has = takes.kind === "archive" ? archive !== null : images.has(takes.platform);
  if (has) return null;
  const needs =
    takes.kind === "archive" ? "the archive for an installation without containers" : `an image for ${takes.platform}`;
  return new AppError("bundle-not-for-here", { version: release.version, needs }).problem;
}

/**
 * The bundles that are here. The folder is the truth: whatever is laid there is found, and its headers, small files and signature are read once for each
 * state of the file. What does not change by that (`ctime` does with everything) is not read again.
 */
export function createBundleShelf({ bundles: folder }: Pick<HomePaths, "bundles">, takes: Takes): BundleShelf {
  const known = new Map<string, { stamp: string; read: ReadBundle }>();
  const look = async (name: string, key: PublicKey): Promise<LaidBundle[]> => {
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => null); // gone meanwhile
    if (stats === null) return [];
    const stamp = [key.id, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(" ");
    const last = known.get(name);
    const read = last?.stamp === stamp ? last.read : await readLaid(path, { key, called: printable(name) });
    known.set(name, { stamp, read });
    const { size: bytes, ctime } = stats;
    return [{ name, bytes, laidAt: ctime.toISOString(), ...judged(read, takes) }];
  };
  return {
    list: async (key) => {
      const names = (await namesIn(folder)).filter((name) => bundleNameSchema.safeParse(name).success).slice(0, MOST_BUNDLES);
      for (const name of known.keys()) if (!names.includes(name)) known.delete(name);
      const laid = await Promise.all(names.toSorted().map((name) => look(name, key)));
      return withoutDoubles(laid.flat());
    },
  };
}

async function readLaid(path: string, options: { key: PublicKey; called: string }): Promise<ReadBundle> {
  try {
    return await withFile(path, (whole) => readBundle(whole, options));
  } catch (error) {
    return { kind: "refused", problem: unreadable(error).problem };
  }
}

/** Whatever is wrong with one file, the others and the feed are told of. */
function unreadable(error: unknown): AppError {
  if (isErrno(error, "ELOOP")) return new AppError("bundle-refused", { reason: "it is a link, not a file" }, { cause: error });
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  if (code !== "") return new AppError("bundle-refused", { reason: `FilaOps cannot read it${code}` }, { cause: error });
  return asRefusal(error);
}

function judged(read: ReadBundle, takes: Takes): Pick<LaidBundle, "release" | "problem"> {
  if (read.kind === "refused") return { release: null, problem: read.problem };
  return { release: read.bundle.release, problem: unfitProblem(read.bundle, takes) };
}

/** Of several good ones of a version, the one counts that has the name that we give. */
function withoutDoubles(laid: readonly LaidBundle[]): LaidBundle[] {
  const chosen = new Map<string, string>();
  const isOurs = ({ name, release }: LaidBundle) => name === ownName(release?.version ?? "");
  for (const bundle of laid.toSorted((a, b) => Number(isOurs(b)) - Number(isOurs(a)))) {
    const { release, problem, name } = bundle;
    if (release !== null && problem === null && !chosen.has(release.version)) chosen.set(release.version, name);
  }
  return laid.map((bundle) => {
    const first = bundle.problem === null && bundle.release !== null ? chosen.get(bundle.release.version) : undefined;
    if (first === undefined || first === bundle.name) return bundle;
    const details = { version: bundle.release?.version ?? "", name: printable(first) };
    return { ...bundle, problem: new AppError("bundle-doubled", details).problem };
  });
}

function ownName(version: string): string {
  return `filaops-${version}.bundle.tar`;
}
