import { randomBytes } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../../../platform/files.ts";
import type { HomePaths } from "../../../platform/home.ts";
import type { Release } from "../../../releases/contract.ts";
import type { SlotName } from "../../contract.ts";
import type { DriverStage } from "../../driver.suite.ts";
import type { Behaviour } from "../../testing/fake-release.ts";
import { packFakeRelease } from "../../testing/fake-release.ts";
import type { Project } from "../compose.ts";
import type { Engine } from "../engine.ts";
import type { OpenProject } from "./docker-project.ts";
import { openDockerProject } from "./docker-project.ts";
import { docker } from "./engine.ts";

export type DockerStage = DriverStage & { folder: string; project: Project; paths: HomePaths; engine: Engine };

type Here = OpenProject & { registry: string; base: string };

/** A project on a real engine, and a driver whose releases are pulled from a real registry. */
export async function setDockerStage({ registry, base, ...where }: Here): Promise<DockerStage> {
  const { folder, project, paths, engine, driver, close } = await openDockerProject(where);
  const made: string[] = [];
  return {
    driver: driver(),
    folder,
    project,
    paths,
    engine,
    async publish(version, behaviour = {}) {
      const { release, reference } = await pushFake({ folder, registry, base, project: project.name }, version, behaviour);
      made.push(reference);
      return release;
    },
    async kill(slot: SlotName) {
      await docker(["kill", `${project.name}-web-${slot}-1`]);
    },
    async close() {
      await close();
      for (const reference of made) await engine.untag(reference);
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
