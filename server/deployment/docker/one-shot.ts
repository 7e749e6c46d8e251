import { systemClock } from "../../platform/clock.ts";
import type { Problem } from "../../platform/contract.ts";
import { AppError, isAppError } from "../../platform/errors.ts";
import type { RunOnceOptions } from "../driver.ts";
import { problemOf } from "../rules/problem-line.ts";
import { compose } from "./compose.ts";
import type { Project } from "./compose.ts";
import type { Engine } from "./engine.ts";

/** How often, and after how many milliseconds each time, one looks for a container that comes late. */
const [LATE_LOOKS, LATE_MS] = [8, 150];

/** The name of the container of a command, so that a successor finds what a killed one left. */
export function commandName(project: Project, applicationName: string): string {
  return `${project.name}-command-${applicationName.toLowerCase()}`;
}

/** Runs the project's service `migrate` once, of this image, to its end, and removes the container whatever happens. */
export async function runCommand(
  { engine, project }: { engine: Engine; project: Project },
  { image, command, options }: { image: string; command: "migrate"; options: RunOnceOptions },
): Promise<void> {
  const name = commandName(project, options.applicationName);
  const reported: Problem[] = [];
  const onLine = (line: string) => {
    const problem = problemOf(line);
    if (problem === null) options.onLine?.(line);
    else reported.push(problem);
  };
  const variables = { FILAOPS_DATABASE: options.database, FILAOPS_APPLICATION_NAME: options.applicationName };
  const settings = Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
  await engine.removeContainer(name);
  try {
    await compose(project, ["run", "--rm", "--no-deps", "--no-TTY", "--name", name, ...settings, command], {
      values: { FILAOPS_MIGRATE_IMAGE: image },
      dieWithParent: true,
      onLine,
      timeoutMs: 24 * 3_600_000, // the engine of a run has deadlines of its own
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    await awaitLate(engine, name);
    const problem = reported.at(-1);
    if (problem === undefined || !isAppError(error, "compose-failed")) throw error;
    throw AppError.reported(problem, { cause: error });
  } finally {
    await engine.removeContainer(name);
  }
}

/**
 * A container that the engine was told to make just before whoever told it was killed may appear after one has looked for it. Nobody starts it any more, but it
 * would stay.
 */
async function awaitLate(engine: Engine, name: string): Promise<void> {
  for (let look = 0; look < LATE_LOOKS; look += 1) {
    await engine.removeContainer(name);
    await systemClock.sleep(LATE_MS);
  }
}
