import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { appEnvironment } from "../../server/deployment/instance-environment.ts";
import { setEnv } from "../../server/platform/env.ts";
import { homePaths } from "../../server/platform/home.ts";
import { untilLaidOut } from "./laid-out.ts";
import { PORT, RELEASE_FOLDER, homeFolder, needed, publicUrl, reached } from "./settings.ts";

/** The app reads its secrets of its environment; in a container they come as files, which `docker inspect` does not show. */
export async function becomeWeb(): Promise<void> {
  const paths = homePaths(homeFolder());
  await untilLaidOut([paths.appPassword, paths.authSecret, paths.webToken]);
  const config = { ...reached(), publicUrl: publicUrl() };
  const environment = await appEnvironment({ paths, config }, { database: needed("FILAOPS_DATABASE"), folder: RELEASE_FOLDER });
  setEnv({ ...environment, HOSTNAME: "0.0.0.0", PORT: String(PORT) });
  process.chdir(RELEASE_FOLDER);
  await import(pathToFileURL(join(RELEASE_FOLDER, "server.js")).href);
}
