import { compose } from "./compose.ts";
import type { Project } from "./compose.ts";

/**
 * Has gate and updater replaced by those of the image, by the declared service `handover`, which is of the new image itself. It takes the run lock, so that no
 * run begins meanwhile, and is started again by Docker until it ended well; asking again while it is at work changes nothing.
 */
export async function startHandover(project: Project, { version, image }: { version: string; image: string }): Promise<void> {
  const values = { FILAOPS_HANDOVER_IMAGE: image, FILAOPS_HANDOVER_VERSION: version };
  const flags = ["--detach", "--no-deps", "--no-build", "--pull", "never"];
  await compose(project, ["up", ...flags, "handover"], { profile: "tools", values });
}
