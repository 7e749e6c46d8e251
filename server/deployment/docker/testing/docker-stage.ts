import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exists, makeFolder, remove } from "../../../platform/files.ts";
import { homePaths } from "../../../platform/home.ts";
import { newUlid } from "../../../platform/ids.ts";
import { systemClock } from "../../../platform/clock.ts";
import { silentLog } from "../../../platform/log.ts";
import type { Release } from "../../../releases/contract.ts";
import type { SlotName } from "../../contract.ts";
import type { DriverStage } from "../../driver.suite.ts";
import type { Behaviour } from "../../testing/fake-release.ts";
import { packFakeRelease } from "../../testing/fake-release.ts";
import { compose } from "../compose.ts";
import { createDockerDriver } from "../driver.ts";
import { createEngine } from "../engine.ts";
import { docker } from "./engine.ts";

export type DockerStage = DriverStage & {
  folder: string;
  project: { name: string; folder: string; socket: string };
  paths: ReturnType<typeof homePaths>;
};

/** The services of the real file, as far as the driver knows of them, with made-up releases of some kilobytes. */
const COMPOSE = `
x-web: &web
  init: true
  environment: &environment { PORT: "3000", HOSTNAME: 0.0.0.0, FILAOPS_RELEASE_INFO: /app/release-info.json }
  working_dir: /app
  stop_grace_period: 2s
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
    profiles: [tools]
    image: \${FILAOPS_MIGRATE_IMAGE:-none}
    working_dir: /app
    entrypoint: [node, bin/migrate.mjs]
`;

/** A Compose project in a temporary folder on a real engine, and a driver that reaches it from the host. */
export async function setDockerStage({
  socket,
  registry,
  base,
}: {
  socket: string;
  registry: string;
  base: string;
}): Promise<DockerStage> {
  const folder = await mkdtemp(join(tmpdir(), "filaops-docker-"));
  const paths = homePaths(join(folder, "data"));
  for (const path of [paths.releases, paths.run]) await makeFolder(path);
  await writeFile(join(folder, "compose.yaml"), COMPOSE);
  const project = { name: `filaops-test-${newUlid(systemClock).slice(-10).toLowerCase()}`, folder, socket };
  const engine = createEngine(socket);
  const driver = createDockerDriver({
    ...{ paths, engine, project, log: silentLog, reach: "address" as const },
    config: { postgres: { host: "db", port: 5432, database: "filaops", owner: "o", app: "a", writer: "w", binaries: "/" } },
  });
  const made: string[] = [];
  return {
    driver,
    folder,
    project,
    paths,
    async publish(version, behaviour = {}) {
      const { release, reference } = await pushFake({ folder, registry, base, project: project.name }, version, behaviour);
      made.push(reference);
      return release;
    },
    async kill(slot: SlotName) {
      await docker(["kill", `${project.name}-web-${slot}-1`]);
    },
    async close() {
      await compose(project, ["--profile", "*", "down", "--timeout", "1", "--volumes"]);
      for (const reference of made) await engine.untag(reference);
      const mine = `reference=filaops-keep:${project.name}-*`;
      const kept = await docker(["images", "--filter", mine, "--format", "{{.Repository}}:{{.Tag}}"]);
      for (const name of kept.split("\n").filter(Boolean)) await engine.untag(name);
      await remove(folder);
    },
  };
}

/** Builds the image of a made-up release, pushes it, and takes it away again, so that it has to be pulled. */
async function pushFake(
  { folder, registry, base, project }: { folder: string; registry: string; base: string; project: string },
  version: string,
  behaviour: Behaviour,
): Promise<{ release: Release; reference: string }> {
  const { release } = await packFakeRelease(folder, { version, behaviour });
  const source = join(folder, `filaops-${version}-source`, `filaops-${version}`);
  // Enough bytes for a progress to be told.
  await writeFile(join(source, "weight.bin"), randomBytes(400_000));
  if (!(await exists(join(source, "Dockerfile")))) await mkdir(source, { recursive: true });
  const lines = [`FROM ${base}`, `LABEL org.opencontainers.image.version=${version}`, "COPY . /app", "WORKDIR /app"];
  await writeFile(join(source, "Dockerfile"), [...lines, 'CMD ["node", "server.js"]', ""].join("\n"));
  await chmod(source, 0o755);
  const repository = `${registry}/${project}`;
  const name = `${repository}:${version}`;
  await docker(["build", "--quiet", "--tag", name, source]);
  await docker(["push", "--quiet", name]);
  const reference = (await docker(["image", "inspect", "--format", "{{index .RepoDigests 0}}", name])).trim();
  await docker(["rmi", name]);
  const digest = reference.slice(reference.indexOf("@") + 1);
  const manifest = { ...release.manifest, image: { repository, digests: { "linux/amd64": digest, "linux/arm64": digest } } };
  return { release: { ...release, manifest }, reference };
}
