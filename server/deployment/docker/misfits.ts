import { constants } from "node:fs";
import { access, lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { coerce, lt } from "semver";
import { isAppError } from "../../platform/errors.ts";
import { exists, isErrno } from "../../platform/files.ts";
import type { HomePaths } from "../../platform/home.ts";
import type { Misfit } from "../contract.ts";
import type { Project } from "./compose.ts";
import { compose } from "./compose.ts";
import type { Engine } from "./engine.ts";
import { readProject } from "./project-file.ts";
import type { Installed } from "./rules/agreement.ts";
import { appMisfits, intentMisfits } from "./rules/agreement.ts";
import { valueOf } from "./rules/env-file.ts";
import { layoutMisfits, markedValues, secretsOf } from "./rules/layout.ts";
import type { Declared } from "./rules/project.ts";
import { SERVICES } from "./rules/project.ts";
import { notInternal, wallMisfits } from "./rules/walls.ts";

export type Site = { paths: Pick<HomePaths, "home">; engine: Engine; project: Project };

/** The oldest Compose that reads compose.yaml as it is meant. */
const OLDEST_COMPOSE = "2.24.0";

/** Looks at the project's folder, at what is declared in it, and at what the engine has of it: all that does not fit, at once. Changes nothing. */
export async function findMisfits(site: Site, installed: Installed): Promise<Misfit[]> {
  const { project } = site;
  const ofFolder = [...(await folderMisfits(project)), ...(await composeMisfits(project))];
  const declared = await orMisfit("compose-failed", () => readProject(project, { values: markedValues(), profile: "*" }));
  if ("what" in declared) return [...ofFolder, declared];
  const ofFile = layoutMisfits(declared, { ...project, home: site.paths.home });
  // What a file that does not fit would start says nothing of its own.
  const ofIntent = ofFile.length > 0 ? [] : await intended(project, installed);
  const isUsable = await orMisfit("engine-too-old", () => site.engine.platform());
  const ofEngine = typeof isUsable === "string" ? await running(site, declared, installed) : [isUsable];
  return [...ofFolder, ...ofFile, ...ofIntent, ...ofEngine];
}

async function folderMisfits({ folder }: Project): Promise<Misfit[]> {
  const misfits: Misfit[] = [];
  if (!(await exists(join(folder, "compose.yaml")))) {
    misfits.push({
      what: `There is no compose.yaml in ${folder}.`,
      meaning: "An update changes containers by this very file.",
      todo: `Give the file of the project this name, for example: mv docker-compose.yml compose.yaml`,
    });
  }
  if (await isLink(join(folder, ".env"))) {
    misfits.push({
      what: "The file .env is a link to another one.",
      meaning: "An update replaces it whole, so the other file would not be told what runs.",
      todo: 'cp --remove-destination "$(readlink -f .env)" .env',
    });
  }
  if (!(await isWritable(folder))) {
    misfits.push({
      what: `The update service cannot write into ${folder}.`,
      meaning: "It has to note in .env what runs, so that `docker compose up -d` by hand and a reboot start the same.",
      todo: "Mount the folder so that it can be written (see `updater` in compose.yaml), then: docker compose up -d",
    });
  }
  return misfits;
}

async function composeMisfits(project: Project): Promise<Misfit[]> {
  const version = (await compose(project, ["version", "--short"])).trim();
  const parsed = coerce(version);
  if (parsed !== null && !lt(parsed, OLDEST_COMPOSE)) return [];
  return [
    {
      what: `Docker Compose is ${version}, which is older than ${OLDEST_COMPOSE}.`,
      meaning: "It reads compose.yaml otherwise than it is meant.",
      todo: "Update Docker's Compose plugin.",
    },
  ];
}

async function intended(project: Project, installed: Installed): Promise<Misfit[]> {
  const { services } = await readProject(project, {});
  const text = await readFile(join(project.folder, ".env"), "utf8").catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return "";
    throw error;
  });
  return intentMisfits(installed, { services, profiles: valueOf(text, "COMPOSE_PROFILES") });
}

async function running({ engine, project, paths }: Site, declared: Declared, installed: Installed): Promise<Misfit[]> {
  const inside = declared.inside?.name ?? `${project.name}_inside`;
  const secrets = secretsOf(declared, { ...project, home: paths.home });
  const misfits: Misfit[] = [];
  for (const name of SERVICES) {
    const container = (await engine.containers(project.name, name)).find((one) => one.running);
    if (container !== undefined) misfits.push(...wallMisfits(name, container, { where: "running", inside, secrets }));
    if (name !== `web-${installed.slot}`) continue;
    const database = container?.environment["FILAOPS_DATABASE"] ?? null;
    misfits.push(...appMisfits(installed, container === undefined ? null : { imageId: container.imageId, database }));
  }
  return (await engine.isInternal(inside)) === false ? [...misfits, notInternal("running")] : misfits;
}

/** The result, or the problem of this code as what does not fit. */
async function orMisfit<T>(code: "compose-failed" | "engine-too-old", work: () => Promise<T>): Promise<T | Misfit> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error, code)) throw error;
    const { happened, meaning, todo } = error.problem;
    return { what: happened, meaning, todo: code === "compose-failed" ? "docker compose config" : todo };
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    if (isErrno(error, "EACCES") || isErrno(error, "EROFS")) return false;
    throw error;
  }
}
