import Docker from "dockerode";
import { AppError } from "../../platform/errors.ts";
import { isErrno } from "../../platform/files.ts";
import { readPull } from "./pull.ts";

/** The oldest Engine API that has all that we ask for: Docker 20.10. */
const OLDEST_API = [1, 41] as const;

/** A container, as far as the driver looks at it. */
export type Container = {
  id: string;
  /** What it was made of: a reference, and the image's own id. */
  image: string;
  imageId: string;
  /** Whether it runs and is not between two starts. */
  running: boolean;
  pid: number;
  startedAt: string;
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
};

/** Docker's engine, asked over its socket: everything but changing the project's containers, which is the Compose CLI's. */
export type Engine = {
  /** The platform of its images, such as `linux/amd64`. Throws `engine-unreachable` or `engine-too-old`. */
  platform: () => Promise<string>;
  /** The containers of a Compose project's service, dead or alive; the newest first. */
  containers: (project: string, service: string) => Promise<Container[]>;
  /** Whether a container, dead or alive, was made of the image. */
  uses: (imageId: string) => Promise<boolean>;
  image: (reference: string) => Promise<Image | null>;
  /** Whether the registry has the image; throws its words when not. */
  answers: (reference: string) => Promise<void>;
  /** Pulls an image. Throws `image-not-pulled` when any part of it did not come. */
  pull: (
    reference: string,
    options: { onBytes?: (done: number, total: number | null) => void; signal?: AbortSignal },
  ) => Promise<void>;
  tag: (imageId: string, name: { repository: string; tag: string }) => Promise<void>;
  /** Takes a name off an image, and the image with its last name. That there is none is fine. */
  untag: (reference: string) => Promise<void>;
  /** Ends and removes a container by its name. That there is none is fine. */
  removeContainer: (name: string) => Promise<void>;
};

export function createEngine(socketPath: string): Engine {
  const docker = new Docker({ socketPath });
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

    uses: (imageId) =>
      ask(async () => {
        const all = await docker.listContainers({ all: true });
        return all.some(({ ImageID }) => ImageID === imageId);
      }),

    image: async (reference) => {
      const details = await orNull(() => docker.getImage(reference).inspect());
      if (details === null) return null;
      const { Id, RepoDigests, Os, Architecture, Config } = details;
      return {
        id: Id,
        references: RepoDigests,
        platform: `${Os}/${Architecture}`,
        labels: (Config.Labels as Record<string, string> | null) ?? {},
      };
    },

    answers: (reference) =>
      ask(async () => {
        await docker.getImage(reference).distribution();
      }),

    pull: (reference, { onBytes, signal }) =>
      ask(async () => {
        const stream = await docker.pull(reference, signal === undefined ? {} : { abortSignal: signal });
        await readPull(stream, {
          reference,
          ...(onBytes === undefined ? {} : { onBytes }),
          ...(signal === undefined ? {} : { signal }),
        });
      }),

    tag: (imageId, { repository, tag }) =>
      ask(async () => {
        await docker.getImage(imageId).tag({ repo: repository, tag });
      }),

    untag: async (reference) => {
      await orNull(() => docker.getImage(reference).remove());
    },

    removeContainer: async (name) => {
      await orNull(() => docker.getContainer(name).remove({ force: true, v: true })).catch((error: unknown) => {
        // Somebody else is at it.
        if (statusOf(error) !== 409) throw error;
      });
    },
  };
}

/** What `docker compose run` makes belongs to its service too, and is none of its instances. */
function isNoOneOff({ Labels }: { Labels: Record<string, string> }): boolean {
  return Labels["com.docker.compose.oneoff"] !== "True";
}

function containerOf({ Id, Image, Config, State, NetworkSettings }: Docker.ContainerInspectInfo): Container {
  const pairs = Config.Env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
  return {
    id: Id,
    image: Config.Image,
    imageId: Image,
    running: State.Running && !State.Restarting,
    pid: State.Pid,
    startedAt: State.StartedAt,
    environment: Object.fromEntries(pairs),
    labels: Config.Labels,
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
  ECONNRESET: "it broke off",
  EPIPE: "it broke off",
};

function asProblem(error: unknown, socket: string): unknown {
  if (error instanceof AppError || (error instanceof Error && error.name === "AbortError")) return error;
  for (const [code, reason] of Object.entries(UNREACHABLE)) {
    if (isErrno(error, code)) return new AppError("engine-unreachable", { socket, reason }, { cause: error });
  }
  return new AppError("engine-refused", { reason: error instanceof Error ? error.message : String(error) }, { cause: error });
}
