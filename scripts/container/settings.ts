import { join } from "node:path";
import type { z } from "zod";
import type { Config } from "../../server/platform/config.ts";
import { configSchema, sourceSchema, trustedProxiesSchema } from "../../server/platform/config.ts";
import { readEnv } from "../../server/platform/env.ts";
import { AppError } from "../../server/platform/errors.ts";
import { firstIssue, readJson } from "../../server/platform/files.ts";
import { homePaths } from "../../server/platform/home.ts";
import { buildInfoSchema } from "../../server/releases/contract.ts";

/** Where the app listens in its container, and the gate in its own. */
export const PORT = 3000;
/** Where PostgreSQL is found from inside of the project, and the folder of its programs in the image: their major is the server's. */
const POSTGRES = { host: "db", port: 5432, binaries: "/usr/lib/postgresql/17/bin" };
/** Docker's own socket, where a container is given it. */
export const ENGINE_SOCKET = "/var/run/docker.sock";
/** What the updater is given instead of it, when it is to go through the socket proxy. */
const NO_SOCKET = "/dev/null";
/** The release that the image is. */
export const RELEASE_FOLDER = "/opt/filaops";

/** The value of a variable that compose.yaml sets. */
export function needed(name: string): string {
  const value = readEnv(name);
  if (value === undefined) throw new AppError("config-invalid", { path: "compose.yaml", reason: `${name} is not set` });
  return value;
}

export function homeFolder(): string {
  return needed("FILAOPS_HOME");
}

/** The addresses of reverse proxies, separated by commas or blanks. */
export function trustedProxies(): string[] {
  return checked(trustedProxiesSchema, listed("FILAOPS_TRUSTED_PROXIES"), "FILAOPS_TRUSTED_PROXIES");
}

/** The parts of a value that are separated by commas or blanks. */
export function listed(name: string): string[] {
  return (readEnv(name) ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
}

export function publicUrl(): string {
  return checked(configSchema.shape.publicUrl, needed("FILAOPS_PUBLIC_URL"), "FILAOPS_PUBLIC_URL");
}

/** What `config.json` of a native installation says, out of what the operator wrote into `.env`. */
export function configFromEnvironment(): Config {
  const api = readEnv("FILAOPS_RELEASES_API");
  const repository = readEnv("FILAOPS_RELEASES_REPOSITORY");
  const folder = needed("FILAOPS_DIR");
  // Of the home as the updater sees it: at the same path as on the host.
  const paths = homePaths(join(folder, "data"));
  const isBehindProxy = readEnv("FILAOPS_UPDATER_SOCKET") === NO_SOCKET;
  const wanted: z.input<typeof configSchema> = {
    v: 1,
    publicUrl: publicUrl(),
    gate: { host: "0.0.0.0", port: PORT, trustedProxies: trustedProxies() },
    postgres: { ...POSTGRES, database: readEnv("FILAOPS_DATABASE") ?? "filaops" },
    releases: { ...(api === undefined ? {} : { api }), ...(repository === undefined ? {} : { repository }) },
    driver: "docker",
    slots: { blue: PORT, green: PORT },
    docker: {
      ...{ project: needed("FILAOPS_PROJECT"), folder, socket: isBehindProxy ? paths.engineSocket : ENGINE_SOCKET },
      ...source(isBehindProxy),
    },
  };
  return checked(configSchema, wanted, ".env");
}

/** Where the operator wants releases to be built from, if so. */
function source(isBehindProxy: boolean): Pick<NonNullable<Config["docker"]>, "source"> {
  const [repository, base] = [readEnv("FILAOPS_BUILD_FROM"), readEnv("FILAOPS_BUILD_BASE")];
  if (repository === undefined) return {};
  // A build runs what it is given, on the host's engine: there is nothing left for the proxy to look at.
  if (isBehindProxy) {
    throw new AppError("config-invalid", { path: ".env", reason: "FILAOPS_BUILD_FROM does not go with the socket proxy" });
  }
  return { source: checked(sourceSchema, base === undefined ? { repository } : { repository, base }, "FILAOPS_BUILD_FROM") };
}

/** How app and migrations reach people and PostgreSQL: all of the configuration that they need, and are given. */
export function reached() {
  const { owner, app } = { owner: "filaops_owner", app: "filaops_app" };
  return { publicUrl: readEnv("FILAOPS_PUBLIC_URL") ?? "", postgres: { ...POSTGRES, owner, app } };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("config-invalid", { path, reason: firstIssue(parsed.error) });
}

/** What the release that this image is says of itself. */
export async function ownRelease(): Promise<{ version: string; schemaHead: string }> {
  const path = join(RELEASE_FOLDER, "release-info.json");
  const info = await readJson(path, buildInfoSchema);
  if (info === null) throw new AppError("file-unreadable", { path, reason: "it does not exist" });
  return info;
}
