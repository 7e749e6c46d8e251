import { baseEnv } from "../../platform/env.ts";
import { AppError, isAppError } from "../../platform/errors.ts";
import type { RunOptions } from "../../platform/process.ts";
import { run } from "../../platform/process.ts";

/** Where the Compose project lies and how its engine is reached. */
export type Project = { name: string; folder: string; socket: string };

export type ComposeOptions = Pick<RunOptions, "onLine" | "signal" | "dieWithParent" | "timeoutMs" | "input"> & {
  /** Values for the file's variables; they win over those in `.env`. */
  values?: Record<string, string>;
  /** Profiles of the services that are named. */
  profile?: string;
};

const TIMEOUT_MS = 120_000;

/**
 * Calls the Compose CLI on the project's declared file: the only way in which containers of the project are changed. Returns what it printed.
 * Throws `compose-failed`.
 */
export async function compose(project: Project, args: readonly string[], options: ComposeOptions = {}): Promise<string> {
  const { values = {}, profile, timeoutMs = TIMEOUT_MS, ...rest } = options;
  const profiles = profile === undefined ? [] : ["--profile", profile];
  const where = ["--project-name", project.name, "--project-directory", project.folder];
  try {
    const { stdout } = await run(
      "docker",
      ["compose", "--ansi", "never", "--progress", "plain", ...where, ...profiles, ...args],
      {
        ...rest,
        timeoutMs,
        // The CLI hands everything to its plugin, a child of its own, which would go on without it.
        endWithChildren: true,
        cwd: project.folder,
        // Compose reads PWD for `${PWD}`, and whatever else the file wants from `.env`.
        env: { ...baseEnv(), DOCKER_HOST: `unix://${project.socket}`, PWD: project.folder, ...values },
      },
    );
    return stdout;
  } catch (error) {
    if (!isAppError(error, "program-failed")) throw error;
    throw new AppError("compose-failed", { command: args[0] ?? "", output: error.problem.happened }, { cause: error });
  }
}
