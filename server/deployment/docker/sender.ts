import type { Config } from "../../platform/config.ts";
import { openProject } from "./compose-driver.ts";
import { compose } from "./compose.ts";

/**
 * Runs the project's service `sender` once: a container of its own, of a user without rights, that has no folder of ours and is in no network of ours. It
 * gets `input` on its standard input; what it printed is returned. Throws `compose-failed`, as it does where compose.yaml does not declare that service.
 */
export async function runSender(config: Config, { id, input }: { id: string; input: string }): Promise<string> {
  const { project, engine } = openProject(config);
  const name = `${project.name}-message-${id}`;
  await engine.removeContainer(name);
  try {
    const words = ["run", "--rm", "--no-deps", "--no-TTY", "--name", name, "sender"];
    return await compose(project, words, { profile: "tools", input, dieWithParent: true, timeoutMs: 90_000 });
  } finally {
    await engine.removeContainer(name);
  }
}
