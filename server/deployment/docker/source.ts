import type { Config } from "../../platform/config.ts";
import { AppError, isAppError } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import type { Release } from "../../releases/contract.ts";
import type { FetchOptions } from "../driver.ts";
import type { BuildOptions } from "./build.ts";
import type { Engine, Image, Wanted } from "./engine.ts";
import type { Shelf } from "./images.ts";
import { REVISION_LABEL, differenceOf, keepImage, readImage } from "./images.ts";
import { sourceTrouble } from "./rules/source-trouble.ts";

/** Where FilaOps is built from, by operators who do not want to take a finished image. */
export type Source = NonNullable<NonNullable<Config["docker"]>["source"]>;

/** What of a release it is built by. */
type Buildable = { version: string; manifest: Pick<Release["manifest"], "commit"> };

/** No stage of a Dockerfile is called so: the engine gets the source, looks for it, and ends before it has built anything. */
const NO_STAGE = "nothing-of-it";
const PATIENCE_MS = 60_000;

/**
 * Whether the release's commit can be had now. Asked of the engine, since it is the engine's git, certificates and way out that count; it
 * gets the files of this one commit for that, and throws them away. Throws `source-not-fetched`.
 */
export async function sourceAnswers(
  engine: Engine,
  source: Source,
  { release, patienceMs = PATIENCE_MS }: { release: Buildable; patienceMs?: number },
): Promise<void> {
  const failed = failureOf(source, release);
  const late = AbortSignal.timeout(patienceMs);
  try {
    await engine.platform();
    await engine.build({ ...wantedOf(source, release), fresh: false, target: NO_STAGE }, { failed, signal: late });
  } catch (error) {
    // Whatever else it says, it has the source: a build may say more.
    if (isAppError(error, "image-not-built")) return;
    if (late.aborted) throw failed(`error fetching: timed out after ${patienceMs} ms`, error);
    throw error;
  }
}

/**
 * Builds the release's image of the commit that was signed, looks whether it is that, and keeps it from being pruned. Does nothing when it is
 * here. The engine clones and builds by itself, and with the builder that it has always had: BuildKit wants a session with its client. A
 * commit's id is the hash of all its files, and git compares: what is built is what was signed, whoever the repository belongs to.
 */
export async function buildImage(
  { engine, paths, project, log, source }: Shelf & { log: Log; source: Source },
  release: Buildable,
  { onBytes, onStep, signal }: FetchOptions,
): Promise<void> {
  const { version } = release;
  const platform = await engine.platform();
  const revision = release.manifest.commit;
  const known = await readImage(paths, version);
  const here = known === null ? null : await engine.image(known.imageId);
  if (here?.labels[REVISION_LABEL] === revision) return;
  signal?.throwIfAborted();
  let made: readonly string[] = [];
  try {
    const options: BuildOptions = {
      failed: failureOf(source, release),
      onBytes: (done) => onBytes?.(done, null),
      onStep: (step, of) => onStep?.(step, of),
      onLine: (line) => {
        log.info({ version, line }, "a line of the build");
      },
      onMade: (ids) => {
        made = ids;
      },
      ...(signal === undefined ? {} : { signal }),
    };
    const image = await builtImage(engine, await engine.build(wantedOf(source, release), options), {
      version,
      platform,
      revision,
    });
    onBytes?.(image.bytes, image.bytes);
    const file = { v: 1, version, reference: image.id, digest: null, imageId: image.id, commit: revision } as const;
    await keepImage({ engine, paths, project }, file);
    // The name is the new one's now.
    if (here !== null) made = [...made, here.id];
  } finally {
    await clearAway(engine, made, log);
  }
}

async function builtImage(
  engine: Engine,
  imageId: string,
  wanted: { version: string; platform: string; revision: string },
): Promise<Image> {
  const image = await engine.image(imageId);
  const { version, revision } = wanted;
  if (image === null) throw new AppError("image-differs", { version, what: "it is not there after it was built" });
  const label = image.labels[REVISION_LABEL];
  const what = differenceOf(image, wanted) ?? (label === revision ? null : `it does not say that it is of commit ${revision}`);
  if (what !== null) throw new AppError("image-differs", { version, what });
  return image;
}

function wantedOf({ repository, base }: Source, { version, manifest }: Buildable): Wanted {
  const args = { VERSION: version, REVISION: manifest.commit };
  const remote = `${repository}#${manifest.commit}`;
  // The public base is looked for anew, for its security fixes; one that the operator named may be on this computer only.
  return base === undefined ? { remote, args, fresh: true } : { remote, args: { ...args, BASE: base }, fresh: false };
}

function failureOf({ repository }: Source, { version, manifest }: Buildable): BuildOptions["failed"] {
  return (words, cause) => {
    const trouble = sourceTrouble(words, { repository, commit: manifest.commit });
    return trouble === null
      ? new AppError("image-not-built", { version, reason: words }, { cause })
      : new AppError("source-not-fetched", { version, ...trouble }, { cause: cause ?? new Error(words) });
  };
}

/**
 * Removes what was made along the way and has no name: an app that is built leaves more than a gigabyte. What a step came to is removed
 * with those before it, so the last ones come first. Not being able to costs disk space, and no update.
 */
async function clearAway(engine: Engine, made: readonly string[], log: Log): Promise<void> {
  try {
    for (const id of made.toReversed()) await engine.removeNameless(id);
  } catch (error) {
    log.warn({ err: error }, "what a build made along the way could not be removed");
  }
}
