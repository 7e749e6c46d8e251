import { Readable } from "node:stream";
import Docker from "dockerode";
import { z } from "zod";
import { AppError, isAppError } from "../../platform/errors.ts";
import { isErrno } from "../../platform/files.ts";
import type { BuildOptions } from "./build.ts";
import { readBuild } from "./build.ts";
import { readLoad } from "./load.ts";
import type { PullOptions } from "./pull.ts";
import { readPull } from "./pull.ts";
import type { Walls } from "./rules/project.ts";

/** The oldest Engine API that has all that we ask for: Docker 20.10. */
const OLDEST_API = [1, 41] as const;

/** How long the engine may be silent on a question, in milliseconds. A pull has the patience of its caller. */
const SILENCE_MS = 120_000;

/** Marks a container that only holds its image. */
export const HOLDER_LABEL = "org.filaops.holds";

/** A container, as far as the driver looks at it. */
export type Container = Walls & {
  id: string;
  /** What it was made of: a reference, and the image's own id. */
  image: string;
  imageId: string;
  /** Whether it runs and is not between two starts. */
  running: boolean;
  pid: number;
  startedAt: string;
  /** How often the engine started it again by itself. */
  restarts: number;
  environment: Partial<Record<string, string>>;
  labels: Record<string, string>;
  /** Its address in the first of its networks; empty when it has none. */
  address: string;
};

export type Image = {
  id: string;
  /** `repository@digest` of every place that it was pulled from or pushed to. */
  references: readonly string[];
  platform: string;
  labels: Record<string, string>;
  bytes: number;
};

/** What shall be built, and how. */
export type Wanted = {
  /** `https://…/….git#<commit>`: the engine gets it by itself. */
  remote: string;
  /** The Dockerfile's build arguments. */
  args: Record<string, string>;
  /** Whether images that it is built on are looked for anew, although they are here. */
  fresh: boolean;
  /** The stage to build; the last one, if it is left out. */
  target?: string;
};

/** Docker's engine, asked over its socket: everything but changing the project's containers, which is the Compose CLI's. */
export type Engine = {
  /** The platform of its images, such as `linux/amd64`. Throws `engine-unreachable` or `engine-too-old`. */
  platform: () => Promise<string>;
  /** The containers of a Compose project's service, dead or alive; the newest first. */
  containers: (project: string, service: string) => Promise<Container[]>;
  /** Whether a network has no way out; `null` when there is no such network. */
  isInternal: (network: string) => Promise<boolean | null>;
  /** Whether a container, dead or alive, was made of the image; those that only hold it do not count. */
  uses: (imageId: string) => Promise<boolean>;
  image: (reference: string) => Promise<Image | null>;
  /** For which platforms the registry has the image; throws its words when it has it not. */
  answers: (reference: string) => Promise<readonly string[]>;
  /** Pulls an image. Throws `image-not-pulled` when any part of it did not come. */
  pull: (reference: string, options: Omit<PullOptions, "reference">) => Promise<void>;
  /** Loads an image out of an archive of `docker save`'s kind. Throws `engine-refused` with the engine's words. */
  load: (archive: Readable, options: { signal?: AbortSignal }) => Promise<void>;
  /** Builds an image and returns its id; throws what `failed` makes of the engine's words. An abort ends the build. */
  build: (wanted: Wanted, options: BuildOptions) => Promise<string>;
  tag: (imageId: string, name: { repository: string; tag: string }) => Promise<void>;
  /** Takes a name off an image, and the image with its last name. That there is none is fine. */
  untag: (reference: string) => Promise<void>;
  /** Removes an image that has no name, and nothing that is made of it; others, and those that are in use, stay. */
  removeNameless: (imageId: string) => Promise<void>;
  /**
   * Makes a container of the image that is never started, unless it is there: only what a container is made of is safe from `docker image prune -a`.
   */
  hold: (imageId: string, holder: { name: string; project: string }) => Promise<void>;
  /** Ends and removes a container by its name, and waits until it is gone. That there is none is fine. */
  removeContainer: (name: string) => Promise<void>;
  /** Removes a container that has ended. False when one of this name runs. */
  removeEnded: (name: string) => Promise<boolean>;
};

/** dockerode has no types for these. */
const distributionSchema = z.object({ Platforms: z.array(z.object({ os: z.string(), architecture: z.string() })).nullish() });
const networkSchema = z.object({ Internal: z.boolean() });

export function createEngine(socketPath: string, { silenceMs = SILENCE_MS }: { silenceMs?: number } = {}): Engine {
  const docker = new Docker({ socketPath, timeout: silenceMs });
  const patient = new Docker({ socketPath });
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw asProblem(error, socketPath);
    }
  };
  const orNull = async <T>(work: () => Promise<T>): Promise<T | null> =>
    ask(work).catch((error: unknown) => {
      if (statusOf(error) === 404) return null;
      throw error;
    });

  /** For what is answered with a stream: that the engine refuses it is told in the caller's words. */
  const askAtLength = async <T>(
    work: () => Promise<T>,
    { refused, signal }: { refused: (words: string, cause: unknown) => AppError; signal: AbortSignal | undefined },
  ): Promise<T> =>
    ask(work).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw isAppError(error, "engine-refused") ? refused(wordsOf(error.cause), error) : error;
    });

  const removeContainer = async (name: string) => {
    const container = docker.getContainer(name);
    await orNull(() => container.remove({ force: true, v: true })).catch(async (error: unknown) => {
      if (statusOf(error) !== 409) throw error;
      // Somebody else is at it.
      await orNull(() => container.wait({ condition: "removed" }));
    });
  };

  return {
    platform: () =>
      ask(async () => {
        const { Os, Arch, ApiVersion } = await docker.version();
        if (isOlder(ApiVersion)) throw new AppError("engine-too-old", { api: ApiVersion, needed: OLDEST_API.join(".") });
        return `${Os}/${Arch}`;
      }),

    containers: (project, service) =>
      ask(async () => {
        const label = [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`];
        const listed = await docker.listContainers({ all: true, filters: { label } });
        const newestFirst = listed.filter(isNoOneOff).toSorted((a, b) => b.Created - a.Created);
        const found = await Promise.all(newestFirst.map(({ Id }) => orNull(() => docker.getContainer(Id).inspect())));
        return found.flatMap((details) => (details === null ? [] : [containerOf(details)]));
      }),

    isInternal: async (network) => {
      const found = await orNull(() => docker.getNetwork(network).inspect());
      return found === null ? null : networkSchema.parse(found).Internal;
    },

    uses: (imageId) =>
      ask(async () => {
        const all = await docker.listContainers({ all: true });
        return all.some(({ ImageID, Labels }) => ImageID === imageId && Labels[HOLDER_LABEL] === undefined);
      }),

    image: async (reference) => {
      const details = await orNull(() => docker.getImage(reference).inspect());
      if (details === null) return null;
      const { Id, RepoDigests, Os, Architecture, Config, Size } = details;
      return {
        id: Id,
        references: orEmpty(RepoDigests, []),
        platform: `${Os}/${Architecture}`,
        labels: orEmpty(Config.Labels, {}),
        bytes: Size,
      };
    },

    answers: (reference) =>
      ask(async () => {
        const { Platforms } = distributionSchema.parse(await docker.getImage(reference).distribution());
        return (Platforms ?? []).map(({ os, architecture }) => `${os}/${architecture}`);
      }),

    pull: async (reference, options) => {
      const { signal } = options;
      const stream = await askAtLength(() => patient.pull(reference, abortable(signal)), {
        refused: (reason, cause) => new AppError("image-not-pulled", { reference, reason }, { cause }),
        signal,
      });
      await readPull(stream, { reference, ...options });
    },

    load: async (archive, { signal }) => {
      const refused = (reason: string, cause: unknown) => new AppError("engine-refused", { reason }, { cause });
      const answered = await askAtLength(() => patient.loadImage(archive, { quiet: true, ...abortable(signal) }), {
        refused,
        signal,
      });
      await readLoad(answered, signal);
    },

    build: async ({ remote, args, fresh, ...stage }, options) => {
      const { failed, signal } = options;
      const wanted = { remote, buildargs: args, pull: fresh, ...stage, forcerm: true, ...abortable(signal) };
      // Without an archive of our own, dockerode sends the options once more.
      const nothing = Readable.from([]);
      return readBuild(await askAtLength(() => patient.buildImage(nothing, wanted), { refused: failed, signal }), options);
    },

    tag: (imageId, { repository, tag }) =>
      ask(async () => {
        await docker.getImage(imageId).tag({ repo: repository, tag });
      }),

    untag: async (reference) => {
      await orNull(() => docker.getImage(reference).remove());
    },

    removeNameless: async (imageId) => {
      const image = docker.getImage(imageId);
      const details = await orNull(() => image.inspect());
      if (details === null || [details.RepoTags, details.RepoDigests].some((names) => orEmpty(names, []).length > 0)) return;
      await orNull(() => image.remove()).catch((error: unknown) => {
        if (statusOf(error) !== 409) throw error;
      });
    },

    hold: async (imageId, { name, project }) => {
      const found = await orNull(() => docker.getContainer(name).inspect());
      if (found?.Image === imageId) return;
      if (found !== null) await removeContainer(name);
      await ask(() => docker.createContainer(holderOf(imageId, { name, project })));
    },

    removeContainer,
    removeEnded: async (name) => {
      const found = await orNull(() => docker.getContainer(name).inspect());
      if (found?.State.Running === true) return false;
      if (found !== null) await removeContainer(name);
      return true;
    },
  };
}

/** Compose passes over what is a one-off. If anybody starts it, it ends at once. */
function holderOf(imageId: string, { name, project }: { name: string; project: string }): Docker.ContainerCreateOptions {
  return {
    name,
    Image: imageId,
    Entrypoint: ["true"],
    Labels: { [HOLDER_LABEL]: imageId, "com.docker.compose.project": project, "com.docker.compose.oneoff": "True" },
    HostConfig: { NetworkMode: "none", CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges:true"] },
  };
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** What `docker compose run` makes belongs to its service too, and is none of its instances. */
function isNoOneOff({ Labels }: { Labels: Record<string, string> }): boolean {
  return Labels["com.docker.compose.oneoff"] !== "True";
}

/** What is empty may be null or left out, by some versions of the engine, whatever dockerode's types say. */
function orEmpty<T>(value: T | null | undefined, empty: T): T {
  return value ?? empty;
}

function containerOf({ Id, Image, Config, State, RestartCount, ...rest }: Docker.ContainerInspectInfo): Container {
  const { NetworkSettings, HostConfig, Mounts } = rest;
  const pairs = orEmpty(Config.Env, []).map(
    (line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const,
  );
  return {
    id: Id,
    image: Config.Image,
    imageId: Image,
    running: State.Running && !State.Restarting,
    pid: State.Pid,
    startedAt: State.StartedAt,
    restarts: RestartCount,
    environment: Object.fromEntries(pairs),
    labels: orEmpty(Config.Labels, {}),
    networks: Object.keys(NetworkSettings.Networks),
    mounts: orEmpty(Mounts, []).map(({ Source, Destination }) => ({ source: Source, target: Destination })),
    publishesPorts: Object.keys(orEmpty(HostConfig.PortBindings as object, {})).length > 0,
    address: Object.values(NetworkSettings.Networks).find(({ IPAddress }) => IPAddress !== "")?.IPAddress ?? "",
  };
}

/** Versions of the API count up by their second number: 1.9 is older than 1.41. */
function isOlder(api: string): boolean {
  const [major = 0, minor = 0] = api.split(".").map(Number);
  return major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1]);
}

function statusOf(error: unknown): number | null {
  const cause = error instanceof AppError ? error.cause : error;
  return cause instanceof Error && "statusCode" in cause && typeof cause.statusCode === "number" ? cause.statusCode : null;
}

const UNREACHABLE: Record<string, string> = {
  ENOENT: "there is no such socket",
  ECONNREFUSED: "nobody listens on it",
  EACCES: "this user may not use it",
  ECONNRESET: "it broke off, or did not answer in time",
  EPIPE: "it broke off",
};

function asProblem(error: unknown, socket: string): unknown {
  if (error instanceof AppError || (error instanceof Error && error.name === "AbortError")) return error;
  for (const [code, reason] of Object.entries(UNREACHABLE)) {
    if (isErrno(error, code)) return new AppError("engine-unreachable", { socket, reason }, { cause: error });
  }
  return new AppError("engine-refused", { reason: wordsOf(error) }, { cause: error });
}

/** The engine's own words, without dockerode's before them. */
function wordsOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^\(HTTP code \d+\) .*? - /, "").trim();
}
