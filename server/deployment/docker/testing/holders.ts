import { HOLDER_LABEL } from "../engine.ts";
import { SOCKET, docker } from "./engine.ts";

/** Removes the containers that hold images for a project: `docker compose down` leaves them, as it leaves images. */
export async function removeHolders(project: string, socket = SOCKET): Promise<void> {
  const env = { DOCKER_HOST: `unix://${socket}` };
  const filters = [HOLDER_LABEL, `com.docker.compose.project=${project}`].flatMap((label) => ["--filter", `label=${label}`]);
  const held = (await docker(["ps", "--all", "--quiet", ...filters], { env })).split("\n").filter(Boolean);
  if (held.length > 0) await docker(["rm", ...held], { env });
}
