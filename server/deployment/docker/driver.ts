import type { Config } from "../../platform/config.ts";
import { AppError } from "../../platform/errors.ts";
import type { HomePaths } from "../../platform/home.ts";
import type { Log } from "../../platform/log.ts";
import type { Instance, SlotName } from "../contract.ts";
import { slotNameSchema } from "../contract.ts";
import type { Driver } from "../driver.ts";
import { askHealth } from "../health.ts";
import { readSlots, recordSlot } from "../slots.ts";
import { answersAgain, fetchAgain } from "./again.ts";
import type { Project } from "./compose.ts";
import { compose } from "./compose.ts";
import type { Container, Engine } from "./engine.ts";
import { writeEnvFile } from "./env-file.ts";
import { fetchImage, imageAnswers } from "./fetch.ts";
import { startHandover } from "./handover.ts";
import type { ImageFile } from "./images.ts";
import { VERSION_LABEL, forgetImage, keepImage, keeperOf, keptAs, pulledAs, readImage } from "./images.ts";
import { findMisfits } from "./misfits.ts";
import { commandName, runCommand } from "./one-shot.ts";
import type { Source } from "./source.ts";
import { buildImage, sourceAnswers } from "./source.ts";

export type DockerWorld = {
  paths: HomePaths;
  config: Pick<Config, "postgres">;
  engine: Engine;
  project: Project;
  log: Log;
  /** Where releases are built from, instead of pulled. */
  source?: Source;
  /** How the caller reaches an instance: by its service's name from inside of the project's networks, by its address from the host. */
  reach: "service" | "address";
};

/** The port of the app in its own container. */
const PORT = 3000;

/**
 * App instances as containers: one declared Compose service a slot, started of an image by its digest. What runs is asked of the engine; the
 * only thing on record here is which slot is parked.
 */
export function createDockerDriver(world: DockerWorld): Driver {
  const { paths, engine, project, source } = world;
  return {
    async misfits({ slot, version, database }) {
      if (slot === "trial") throw new Error("a trial never serves people");
      const image = await readImage(paths, version);
      const { repository, tag } = keptAs(project, version);
      const known = image === null ? null : { ...image, keptAs: `${repository}:${tag}` };
      return findMisfits(world, { slot, version, database, image: known });
    },

    inspect: async () => {
      const slots = await Promise.all(slotNameSchema.options.map(async (slot) => [slot, await instanceIn(world, slot)] as const));
      return Object.fromEntries(slots.filter(([, instance]) => instance !== null));
    },

    async has(version) {
      const image = await readImage(paths, version);
      return image !== null && (await engine.image(image.imageId)) !== null;
    },

    async answers(release) {
      if (source !== undefined && !release.bundle) return sourceAnswers(engine, source, { release });
      await imageAnswers(world, release);
    },

    fetch: (release, options) =>
      source === undefined || release.bundle
        ? fetchImage(world, release, options)
        : buildImage({ ...world, source }, release, options),
    answersAgain: (version) => answersAgain(world, version),
    fetchAgain: (version, options) => fetchAgain(world, version, options),

    async keep(version) {
      const image = await readImage(paths, version);
      if (image === null || (await engine.image(image.imageId)) === null) return;
      await engine.hold(image.imageId, { name: keeperOf(project, version), project: project.name });
    },

    start: (slot, version, database) => start(world, { slot, version, database }),

    async park(slot) {
      const instance = await instanceIn(world, slot);
      if (instance !== null && !instance.parked) await recordSlot(paths, slot, { ...instance, parked: true });
    },

    async stop(slot) {
      await compose(project, ["rm", "--stop", "--force", serviceOf(slot)], { profile: slot });
      if ((await readSlots(paths))[slot] !== undefined) await recordSlot(paths, slot, null);
    },

    async health(slot) {
      const container = await containerIn(world, slot);
      if (container?.running !== true) return { kind: "stopped" };
      return askHealth(instanceOf(world, { slot, container, parked: false }));
    },

    async settle(slot, version) {
      if (slot === "trial") throw new Error("a trial never serves people");
      await writeEnvFile(project.folder, { slot, image: (await imageOf(world, version)).reference });
    },

    async runOnce(version, command, options) {
      const { reference } = await named(world, await imageOf(world, version));
      await runCommand(world, { image: reference, command, options });
    },

    endCommands: (applicationName) => engine.removeContainer(commandName(project, applicationName)),

    handOver: async (version) => {
      await startHandover(project, (await named(world, await imageOf(world, version))).reference);
    },

    async bytes(version) {
      const image = await readImage(paths, version);
      return image === null ? 0 : ((await engine.image(image.imageId))?.bytes ?? 0);
    },

    async remove(version) {
      const image = await readImage(paths, version);
      if (image === null) return;
      if (await engine.uses(image.imageId)) throw new AppError("release-in-use", { version });
      await engine.removeContainer(keeperOf(project, version));
      const kept = keptAs(project, version);
      await engine.untag(`${kept.repository}:${kept.tag}`);
      const pulled = pulledAs(image);
      if (image.digest !== null && pulled !== undefined) await engine.untag(pulled);
      await forgetImage(paths, version);
    },
  };
}

type Wanted = Pick<Instance, "slot" | "version" | "database">;

async function start(world: DockerWorld, wanted: Wanted): Promise<Instance> {
  const { paths, project, log } = world;
  const { slot, version, database } = wanted;
  const image = await imageOf(world, version);
  const current = await containerIn(world, slot);
  const isIt = current?.running === true && current.imageId === image.imageId && databaseOf(world, current) === database;
  if (!isIt) {
    const { reference } = await named(world, image);
    const prefix = `FILAOPS_${slot.toUpperCase()}`;
    const flags = ["--detach", "--no-deps", "--no-build", "--pull", "never", "--quiet-pull"];
    await compose(project, ["up", ...flags, serviceOf(slot)], {
      profile: slot,
      values: { [`${prefix}_IMAGE`]: reference, [`${prefix}_DATABASE`]: database },
    });
    log.info({ slot, version, database }, "an app container was started");
  }
  const instance = await instanceIn(world, slot);
  if (instance === null) throw new AppError("compose-failed", { command: "up", output: "there is no container afterwards" });
  if (instance.parked) await recordSlot(paths, slot, null);
  return { ...instance, parked: false };
}

async function imageOf({ paths, engine }: DockerWorld, version: string): Promise<ImageFile> {
  const image = await readImage(paths, version);
  if (image === null || (await engine.image(image.imageId)) === null) throw new AppError("release-missing", { version });
  return image;
}

/**
 * The image by a name that it has. `docker image prune -a` takes all names but one off an image that a container keeps; one that lost the name that it was
 * started by is started by its id from then on.
 */
async function named(world: DockerWorld, image: ImageFile): Promise<ImageFile> {
  const { engine } = world;
  if ((await engine.image(image.reference))?.id === image.imageId) return image;
  const origin = pulledAs(image);
  const renamed = { ...image, reference: image.imageId, ...(origin === undefined ? {} : { origin }) };
  await keepImage(world, renamed);
  return renamed;
}

async function containerIn({ engine, project }: DockerWorld, slot: SlotName): Promise<Container | null> {
  const [newest] = await engine.containers(project.name, serviceOf(slot));
  return newest ?? null;
}

async function instanceIn(world: DockerWorld, slot: SlotName): Promise<Instance | null> {
  const container = await containerIn(world, slot);
  if (container === null) return null;
  const recorded = (await readSlots(world.paths))[slot];
  return instanceOf(world, { slot, container, parked: recorded?.parked === true && recorded.startTime === container.startedAt });
}

function instanceOf(
  world: DockerWorld,
  { slot, container, parked }: { slot: SlotName; container: Container; parked: boolean },
): Instance {
  return {
    slot,
    version: container.labels[VERSION_LABEL] ?? "",
    database: databaseOf(world, container),
    host: world.reach === "service" ? serviceOf(slot) : container.address,
    port: PORT,
    pid: container.pid,
    startTime: container.startedAt,
    restarts: container.restarts,
    parked,
  };
}

function databaseOf({ config }: DockerWorld, container: Container): string {
  return container.environment["FILAOPS_DATABASE"] ?? config.postgres.database;
}

function serviceOf(slot: SlotName): string {
  return `web-${slot}`;
}
