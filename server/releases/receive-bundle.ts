import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { Clock } from "../platform/clock.ts";
import type { Version } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { exists, freeBytes, isErrno, makeFolder, namesIn, remove, syncFolder } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { readOciImage } from "../platform/oci-layout.ts";
import { sha256Of, withFile } from "../platform/tar-file.ts";
import { TarError, TarReader } from "../platform/tar.ts";
import type { Takes } from "./bundles.ts";
import { unfitProblem } from "./bundles.ts";
import type { PublicKey } from "./minisign.ts";
import type { Bundle, ReadBundle } from "./read-bundle.ts";
import { readBundle } from "./read-bundle.ts";

export type ReceiveBundle = { paths: HomePaths; clock: Pick<Clock, "now">; key: PublicKey; takes: Takes };
export type ReceiveOptions = { declaredBytes?: number; signal?: AbortSignal };

/** What stays free on the disk whatever is received, in bytes. */
const RESERVE = 1e9;
const ASIDE = /^\.[0-9A-Z]{26}\.partial$/;
/** What it is called as long as nobody knows its version. */
const CALLED = "of this bundle";

/**
 * Takes in a bundle, wherever it comes from: written aside, verified with all that it holds, and only then given its name, which is of its signed version.
 * Throws `bundle-refused`, `bundle-differs`, `bundle-not-for-here`, what is wrong with the release, `disk-full`, or the signal's reason; then nothing
 * of it is left, and the stream is destroyed.
 */
export async function receiveBundle(
  deps: ReceiveBundle,
  stream: Readable,
  options: ReceiveOptions = {},
): Promise<{ version: Version; origin: "new" | "here-already" }> {
  const { bundles: folder } = deps.paths;
  const aside = join(folder, `.${newUlid(deps.clock)}.partial`);
  try {
    await makeFolder(folder, 0o700);
    const limit = Math.max(0, (await freeBytes(folder)) - RESERVE);
    await writeAside(stream, aside, { ...options, limit });
    return await takeIn(deps, aside, options.signal);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explained(error);
  } finally {
    stream.destroy();
    await remove(aside);
  }
}

/** Makes the folder for bundles, and removes what an upload left behind whose updater was killed. */
export async function prepareForBundles({ bundles }: Pick<HomePaths, "bundles">): Promise<void> {
  await makeFolder(bundles, 0o700);
  for (const name of await namesIn(bundles)) if (ASIDE.test(name)) await remove(join(bundles, name));
}

type Limits = ReceiveOptions & { limit: number };

/** Read as an archive on its way to the disk, so that a film that was chosen by mistake is refused at its beginning. */
async function writeAside(stream: Readable, path: string, options: Limits): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  const stop = () => stream.destroy(new Error("stopped"));
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    const reader = new TarReader(writing(stream, { file, path }, options));
    for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
      if (entry.bytes > options.limit) throw full(path, { neededBytes: entry.bytes, freeBytes: options.limit });
      await passOver(reader.content(entry.bytes), options.signal);
    }
    await file.sync();
  } catch (error) {
    if (!isErrno(error, "ENOSPC") && !isErrno(error, "EDQUOT")) throw error;
    throw full(path, { neededBytes: options.declaredBytes ?? 0, freeBytes: await freeBytes(dirname(path)) });
  } finally {
    options.signal?.removeEventListener("abort", stop);
    await file.close();
  }
}

async function passOver(content: AsyncIterator<Buffer>, signal: AbortSignal | undefined): Promise<void> {
  while ((await content.next()).done !== true) signal?.throwIfAborted();
}

async function* writing(
  stream: Readable,
  { file, path }: { file: FileHandle; path: string },
  { limit, declaredBytes }: Limits,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > limit) throw full(path, { neededBytes: declaredBytes ?? bytes, freeBytes: limit });
    await file.writeFile(chunk);
    yield chunk;
  }
  if (declaredBytes !== undefined && bytes !== declaredBytes) {
    throw new TarError(`it was said to have ${declaredBytes} bytes and has ${bytes}`);
  }
}

async function takeIn(deps: ReceiveBundle, aside: string, signal?: AbortSignal) {
  const { paths, key, takes } = deps;
  const version = await withFile(aside, async (whole) => {
    const bundle = bundleOf(await readBundle(whole, { key, called: CALLED }));
    const unfit = unfitProblem(bundle, takes);
    if (unfit !== null) throw AppError.reported(unfit);
    await compare(bundle, signal);
    return bundle.release.version;
  });
  const path = paths.bundle(version);
  if (await isSame(aside, path)) return { version, origin: "here-already" as const };
  await rename(aside, path);
  await syncFolder(paths.bundles);
  return { version, origin: "new" as const };
}

function bundleOf(read: ReadBundle): Bundle {
  if (read.kind === "refused") throw AppError.reported(read.problem);
  return read.bundle;
}

/** All that it holds, with what was signed; also what is for other installations. */
async function compare({ release: { version, manifest }, archive, images }: Bundle, signal?: AbortSignal): Promise<void> {
  if (archive !== null && (await sha256Of(archive, signal)) !== manifest.archive.sha256) {
    throw new AppError("bundle-differs", { version, what: "the archive has another digest" });
  }
  for (const [platform, member] of images) {
    try {
      const image = await readOciImage(member, manifest.image?.digests[platform] ?? "", signal);
      if (image.platform !== platform) throw new TarError(`it is for ${image.platform}`);
    } catch (error) {
      if (!(error instanceof TarError)) throw error;
      throw new AppError("bundle-differs", { version, what: `of the image for ${platform}, ${error.message}` }, { cause: error });
    }
  }
}

async function isSame(aside: string, path: string): Promise<boolean> {
  if (!(await exists(path))) return false;
  const [mine, theirs] = [await withFile(aside, sha256Of), await withFile(path, sha256Of).catch(() => "")];
  return mine === theirs;
}

function full(path: string, room: { neededBytes: number; freeBytes: number }): AppError {
  return new AppError("disk-full", { path: dirname(path), ...room });
}

function explained(error: unknown): unknown {
  if (error instanceof TarError) return new AppError("bundle-refused", { reason: error.message }, { cause: error });
  if (isErrno(error, "ECONNRESET") || isErrno(error, "ERR_STREAM_PREMATURE_CLOSE")) {
    return new AppError("bundle-refused", { reason: "it broke off on its way" }, { cause: error });
  }
  return error;
}
