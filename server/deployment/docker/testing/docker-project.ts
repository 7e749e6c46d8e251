import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../platform/clock.ts";
import { makeFolder, remove } from "../../../platform/files.ts";
import type { HomePaths } from "../../../platform/home.ts";
import { homePaths } from "../../../platform/home.ts";
import { newUlid } from "../../../platform/ids.ts";
import type { Log } from "../../../platform/log.ts";
import { silentLog } from "../../../platform/log.ts";
import type { Driver } from "../../driver.ts";
import type { Project } from "../compose.ts";
import { compose } from "../compose.ts";
import { createDockerDriver } from "../driver.ts";
import type { Engine } from "../engine.ts";
import { createEngine } from "../engine.ts";
import type { Source } from "../source.ts";
import { docker } from "./engine.ts";
import { removeHolders } from "./holders.ts";

export type DockerProject = {
  folder: string;
  project: Project;
  paths: HomePaths;
  engine: Engine;
  /** A driver that reaches the project from the host. */
  driver: (options?: { source?: Source; log?: Log }) => Driver;
  close: () => Promise<void>;
};

/** The services of the real file, as far as the driver knows of them, with made-up releases of some kilobytes. `.env` may limit them. */
const COMPOSE = `
x-restraints: &restraints
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
x-web: &web
  <<: *restraints
  init: true
  environment: &environment { PORT: "3000", HOSTNAME: 0.0.0.0, FILAOPS_RELEASE_INFO: /app/release-info.json }
  working_dir: /app
  stop_grace_period: 2s
  restart: "\${RESTART:-no}"
  mem_limit: "\${MEMORY:-0}"
  memswap_limit: "\${MEMORY:-0}"
services:
  web-blue:
    <<: *web
    profiles: [blue]
    image: \${FILAOPS_BLUE_IMAGE:-none}
    environment: { <<: *environment, FILAOPS_DATABASE: "\${FILAOPS_BLUE_DATABASE:-filaops}" }
  web-green:
    <<: *web
    profiles: [green]
    image: \${FILAOPS_GREEN_IMAGE:-none}
    environment: { <<: *environment, FILAOPS_DATABASE: "\${FILAOPS_GREEN_DATABASE:-filaops}" }
  web-trial:
    <<: *web
    profiles: [trial]
    image: \${FILAOPS_TRIAL_IMAGE:-none}
    environment: { <<: *environment, FILAOPS_DATABASE: "\${FILAOPS_TRIAL_DATABASE:-filaops}" }
  migrate:
    <<: *restraints
    profiles: [tools]
    image: \${FILAOPS_MIGRATE_IMAGE:-none}
    working_dir: /app
    entrypoint: [node, bin/migrate.mjs]
`;

export type OpenProject = {
  socket: string;
  /** Opens another way to the engine, for this project, and says by which socket; the driver and its Compose are given that one. */
  through?: (project: Project) => Promise<string>;
};

/** A Compose project in a temporary folder on a real engine. */
export async function openDockerProject({ socket, through }: OpenProject): Promise<DockerProject> {
  const folder = await mkdtemp(join(tmpdir(), "filaops-docker-"));
  const paths = homePaths(join(folder, "data"));
  for (const path of [paths.releases, paths.run]) await makeFolder(path);
  await writeFile(join(folder, "compose.yaml"), COMPOSE);
  const own = { name: `filaops-test-${newUlid(systemClock).slice(-10).toLowerCase()}`, folder, socket };
  const project = through === undefined ? own : { ...own, socket: await through(own) };
  const engine = createEngine(project.socket);
  return {
    folder,
    project,
    paths,
    engine,
    driver: (options = {}) =>
      createDockerDriver({
        ...{ paths, engine, project, log: silentLog, reach: "address" as const, ...options },
        config: {
          postgres: {
            host: "db",
            port: 5432,
            database: "filaops",
            owner: "o",
            app: "a",
            writer: "w",
            loader: "l",
            binaries: "/",
          },
        },
      }),
    async close() {
      await compose(own, ["--profile", "*", "down", "--timeout", "1", "--volumes"]);
      await removeHolders(project.name, socket);
      const mine = `reference=filaops-keep:${project.name}-*`;
      const env = { DOCKER_HOST: `unix://${socket}` };
      const kept = await docker(["images", "--filter", mine, "--format", "{{.Repository}}:{{.Tag}}"], { env });
      for (const name of kept.split("\n").filter(Boolean)) await engine.untag(name);
      await remove(folder);
    },
  };
}
