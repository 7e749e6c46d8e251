import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
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
  const { socket, registry, close } = await openEngine(join(tmpdir(), "filaops-test-engine"));
  try {
    project.provide("docker", { socket, registry, base: await baseImage() });
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}
