import type { Config } from "../../platform/config.ts";
import { AppError } from "../../platform/errors.ts";
import type { HomePaths } from "../../platform/home.ts";
import type { Log } from "../../platform/log.ts";
import type { Driver } from "../driver.ts";
import type { Project } from "./compose.ts";
import { compose } from "./compose.ts";
import { createDockerDriver } from "./driver.ts";
import type { Engine, Image } from "./engine.ts";
import { createEngine } from "./engine.ts";
import type { ImageFile } from "./images.ts";
import { REVISION_LABEL, VERSION_LABEL, keepImage } from "./images.ts";

type Site = { paths: HomePaths; config: Config; log: Log };

/** The project that the configuration names, and its engine. */
export function openProject(config: Config): { project: Project; engine: Engine } {
  const project = projectOf(config);
  return { project, engine: createEngine(project.socket) };
}

/** The driver of an installation in containers, as its updater uses it: from inside of the project. */
export function composeDriver({ paths, config, log }: Site): Driver {
  const source = config.docker?.source;
  const world = { paths, config, ...openProject(config), log, reach: "service" as const };
  return createDockerDriver(source === undefined ? world : { ...world, source });
}

/** Writes down which image is the version that was installed by hand: the one that the project's app was made of. */
export async function adoptImage({ paths, config }: Site, version: string): Promise<void> {
  const { project, engine } = openProject(config);
  const [app] = await engine.containers(project.name, "web-blue");
  if (app?.labels[VERSION_LABEL] !== version) throw new AppError("release-missing", { version });
  const file = { v: 1, version, reference: app.image, digest: null, imageId: app.imageId } as const;
  await keepImage({ engine, paths, project }, { ...file, ...waysBack(await engine.image(app.imageId), app.image) });
}

/** By what it can be had again, if somebody prunes it: where it was pulled from, and the commit that it was built of. */
function waysBack(image: Image | null, name: string): Pick<ImageFile, "origin" | "commit"> {
  const [repository = ""] = name.split(/@|:(?=[^/]*$)/);
  const origin = image?.references.find((one) => one.startsWith(`${repository}@`)) ?? image?.references[0];
  const commit = image?.labels[REVISION_LABEL];
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(commit !== undefined && /^[0-9a-f]{40}$/.test(commit) ? { commit } : {}),
  };
}

/** Starts `perform-update` for a run in a container of its own, under the run lock. One that is there already is left alone while it runs. */
export async function startRunner(config: Config, run: string): Promise<void> {
  const { project, engine } = openProject(config);
  const name = `${project.name}-run-${run.toLowerCase()}`;
  if (!(await engine.removeEnded(name))) return;
  await compose(project, ["run", "--detach", "--rm", "--no-deps", "--name", name, "runner", run], { profile: "tools" });
}

function projectOf({ docker }: Config): Project {
  if (docker === undefined) throw new AppError("config-invalid", { path: "config.json", reason: "it has no part `docker`" });
  return { name: docker.project, folder: docker.folder, socket: docker.socket };
}
