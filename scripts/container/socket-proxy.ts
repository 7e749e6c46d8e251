import { dirname } from "node:path";
import { openSocketProxy } from "../../server/deployment/docker/socket-proxy.ts";
import { homePaths } from "../../server/platform/home.ts";
import { createLog } from "../../server/platform/log.ts";
import { untilLaidOut } from "./laid-out.ts";
import { ENGINE_SOCKET, homeFolder, listed, needed } from "./settings.ts";

/** Stands between Docker's socket and the updater, in the profile of the same name; see `docs/install-docker.md`. */
export async function becomeSocketProxy(): Promise<void> {
  // Who may open its socket may do what it lets through: root, as the updater is, and nobody else.
  process.umask(0o077);
  const log = createLog("socket-proxy");
  await untilLaidOut([dirname(homePaths(homeFolder()).engineSocket)], "writable");
  const site = { project: needed("FILAOPS_PROJECT"), folder: needed("FILAOPS_DIR"), networks: listed("FILAOPS_SHARED_NETWORKS") };
  const proxy = await openSocketProxy({ socket: homePaths(homeFolder()).engineSocket, engine: ENGINE_SOCKET, site, log });
  log.info(site, "the socket proxy serves its socket");
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void proxy.close());
}
