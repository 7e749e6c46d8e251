import { commandEnvironment } from "../../server/deployment/instance-environment.ts";
import { setEnv } from "../../server/platform/env.ts";
import { sibling } from "../../server/platform/entry.ts";
import { homePaths } from "../../server/platform/home.ts";
import { homeFolder, needed, reached } from "./settings.ts";

/** The migrations of the release that this image is, on the database that it was told. */
export async function becomeMigrate(): Promise<void> {
  const wanted = { database: needed("FILAOPS_DATABASE"), applicationName: needed("FILAOPS_APPLICATION_NAME") };
  setEnv(await commandEnvironment({ paths: homePaths(homeFolder()), config: reached() }, wanted));
  await import(sibling("migrate"));
}
