import { join } from "node:path";
import type { z } from "zod";
import type { Config } from "../../server/platform/config.ts";
import { configSchema, sourceSchema, trustedProxiesSchema } from "../../server/platform/config.ts";
import { readEnv } from "../../server/platform/env.ts";
import { AppError } from "../../server/platform/errors.ts";
import { firstIssue, readJson } from "../../server/platform/files.ts";
import { buildInfoSchema } from "../../server/releases/contract.ts";

/** Where the app listens in its container, and the gate in its own. */
export const PORT = 3000;
/** Where PostgreSQL is found from inside of the project, and the folder of its programs in the image: their major is the server's. */
const POSTGRES = { host: "db", port: 5432, binaries: "/usr/lib/postgresql/17/bin" };
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
  const entries = (readEnv("FILAOPS_TRUSTED_PROXIES") ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  return checked(trustedProxiesSchema, entries, "FILAOPS_TRUSTED_PROXIES");
}

export function publicUrl(): string {
  return checked(configSchema.shape.publicUrl, needed("FILAOPS_PUBLIC_URL"), "FILAOPS_PUBLIC_URL");
}

/** What `config.json` of a native installation says, out of what the operator wrote into `.env`. */
export function configFromEnvironment(): Config {
  const api = readEnv("FILAOPS_RELEASES_API");
  const repository = readEnv("FILAOPS_RELEASES_REPOSITORY");
  const wanted: z.input<typeof configSchema> = {
    v: 1,
    publicUrl: publicUrl(),
    gate: { host: "0.0.0.0", port: PORT, trustedProxies: trustedProxies() },
    postgres: { ...POSTGRES, database: readEnv("FILAOPS_DATABASE") ?? "filaops" },
    releases: { ...(api === undefined ? {} : { api }), ...(repository === undefined ? {} : { repository }) },
    driver: "docker",
    slots: { blue: PORT, green: PORT },
    docker: { project: needed("FILAOPS_PROJECT"), folder: needed("FILAOPS_DIR"), ...source() },
  };
  return checked(configSchema, wanted, ".env");
}

/** Where the operator wants releases to be built from, if so. */
function source(): Pick<NonNullable<Config["docker"]>, "source"> {
  const [repository, base] = [readEnv("FILAOPS_BUILD_FROM"), readEnv("FILAOPS_BUILD_BASE")];
  if (repository === undefined) return {};
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
