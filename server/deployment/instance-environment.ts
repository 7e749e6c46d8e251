import { join } from "node:path";
import type { Config } from "../platform/config.ts";
import { readSecret } from "../platform/config.ts";
import { baseEnv } from "../platform/env.ts";
import type { HomePaths } from "../platform/home.ts";
import { INSTANCE_MARK } from "./marks.ts";

/** What one needs to know of the configuration to reach people and the database. */
export type Reached = Pick<Config, "publicUrl"> & { postgres: Pick<Config["postgres"], "host" | "port" | "owner" | "app"> };

/** What an app instance is told, and nothing else of our environment. `mark` lets it be found again. */
export async function instanceEnvironment(
  { paths, config }: { paths: HomePaths; config: Config },
  { version, database, port, mark }: { version: string; database: string; port: number; mark: string },
): Promise<Record<string, string>> {
  return {
    ...baseEnv(),
    ...(await appEnvironment({ paths, config }, { database, folder: paths.release(version) })),
    HOSTNAME: "127.0.0.1",
    PORT: String(port),
    [INSTANCE_MARK]: mark,
  };
}

/** What the app reads of its environment, wherever it runs; `folder` is the release's. */
export async function appEnvironment(
  { paths, config }: { paths: HomePaths; config: Reached },
  { database, folder }: { database: string; folder: string },
): Promise<Record<string, string>> {
  const password = await readSecret(paths.appPassword);
  return {
    NODE_ENV: "production",
    NEXTAUTH_URL: config.publicUrl,
    NEXTAUTH_SECRET: await readSecret(paths.authSecret),
    FILAOPS_DATABASE_URL: databaseUrl(config, { user: config.postgres.app, password, database }),
    FILAOPS_UPDATER_SOCKET: paths.updaterSocket,
    FILAOPS_WEB_TOKEN: await readSecret(paths.webToken),
    FILAOPS_STATUS_FILE: paths.status,
    FILAOPS_STATE_FILE: paths.state,
    FILAOPS_FILES: paths.files,
    FILAOPS_IMPORTS: paths.imports,
    FILAOPS_EXPORTS: paths.exports,
    FILAOPS_RELEASE_INFO: join(folder, "release-info.json"),
  };
}

/** What a one-off command of a release is told: the owner's way to one database, and the name that its connections carry. */
export async function commandEnvironment(
  { paths, config }: { paths: HomePaths; config: Reached },
  { database, applicationName }: { database: string; applicationName: string },
): Promise<Record<string, string>> {
  const password = await readSecret(paths.ownerPassword);
  return {
    NODE_ENV: "production",
    FILAOPS_OWNER_DATABASE_URL: databaseUrl(config, { user: config.postgres.owner, password, database }),
    FILAOPS_APPLICATION_NAME: applicationName,
  };
}

/** A connection URL; whatever a password may hold is encoded, and a host that is a folder of sockets too. */
function databaseUrl(
  { postgres }: Pick<Reached, "postgres">,
  { user, password, database }: { user: string; password: string; database: string },
): string {
  const [name, secret, host, path] = [user, password, postgres.host, database].map(encodeURIComponent);
  return `postgresql://${name ?? ""}:${secret ?? ""}@${host ?? ""}:${postgres.port}/${path ?? ""}`;
}
