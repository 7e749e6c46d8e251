import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { remove } from "../../../platform/files.ts";
import { baseImage } from "./base-image.ts";
import { openEngine } from "./engine.ts";

export type DockerHere = { socket: string; registry: string; base: string };

declare module "vitest" {
  // Vitest's way to type what is provided is to extend its interface.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  export interface ProvidedContext {
    docker: DockerHere;
  }
}

/** A real engine, a real registry and a base image for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "filaops-test-engine-"));
  const { socket, registry, close } = await openEngine(folder);
  try {
    project.provide("docker", { socket, registry, base: await baseImage() });
  } catch (error) {
    await close();
    throw error;
  }
  return async () => {
    await close();
    await remove(folder);
  };
}
