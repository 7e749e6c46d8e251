import { readFile } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "./errors.ts";
import { readJson } from "./files.ts";
import type { HomePaths } from "./home.ts";

const port = z.int().min(1).max(65535);

/** Where releases are built from. The engine takes an address for a repository by its `.git`, and gives nobody a name or a password. */
export const sourceSchema = z.strictObject({
  repository: z
    .string()
    .max(300)
    .regex(
      /^https:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[\w.~-]+)+\.git$/,
      "expected an address like https://github.com/Blb3D/filaops.git",
    ),
  /** The image to build upon, instead of the public one. */
  base: z
    .string()
    .max(300)
    .regex(/^(?!sha256:)[a-z0-9][a-z0-9._:/-]*(@sha256:[0-9a-f]{64})?$/, "expected an image's name like node:24-trixie-slim")
    .exactOptional(),
});

export const trustedProxiesSchema = z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]));

/** `FILAOPS_HOME/config.json`: what the person who installs FilaOps decides. Holds no secret; those are files in `keys/`. */
const fieldsSchema = z.strictObject({
  v: z.literal(1),
  /** The address that people type, e.g. `https://farm.example`. */
  publicUrl: z.url({ protocol: /^https?$/ }),
  gate: z.strictObject({
    host: z.string(),
    port,
    /** Addresses and subnets of reverse proxies before the gate: what they say of their clients' addresses is believed. */
    trustedProxies: trustedProxiesSchema.default([]),
  }),
  postgres: z.strictObject({
    host: z.string(),
    port,
    /** The live database's name; at most 36 bytes, since copies append a run's ULID to it. */
    database: z.string().regex(/^[a-z][a-z0-9_]{0,35}$/),
    owner: z.string().default("filaops_owner"),
    app: z.string().default("filaops_app"),
    writer: z.string().default("filaops_writer"),
    loader: z.string().default("filaops_loader"),
    /** The folder of pg_dump and pg_restore, whose major equals the server's. */
    binaries: z.string(),
  }),
  releases: z.strictObject({
    /** Base address of the releases API, GitHub's or one of its shape. */
    api: z.url({ protocol: /^https?$/ }).default("https://api.github.com"),
    repository: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/)
      .default("Blb3D/filaops"),
    checkHours: z.number().min(1).max(168).default(6),
  }),
  /** How app instances are run: as processes of this computer, or as containers of a Compose project. */
  driver: z.enum(["native", "docker"]),
  /** The ports of the two slots that serve people: of this computer (a trial takes any free one), or each of its own container. */
  slots: z.strictObject({ blue: port, green: port }),
  /** Of the driver `docker`. */
  docker: z
    .strictObject({
      /** The Compose project's name. */
      project: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,40}$/),
      /** The folder of `compose.yaml` and `.env`: the same path on the host and in the updater. */
      folder: z.string().startsWith("/"),
      /** The engine's socket, as the updater sees it. */
      socket: z.string().startsWith("/").default("/var/run/docker.sock"),
      /** Given by operators who build each release themselves; otherwise its image is pulled. */
      source: sourceSchema.exactOptional(),
    })
    .exactOptional(),
  /** How long a switched release must answer well before it is kept, in milliseconds. */
  observeMs: z.int().min(500).max(600_000).default(3000),
  /** How long the replaced database is kept after a switch, in days. */
  undoDays: z.int().min(1).max(365).default(7),
  /** How many backups are kept at least by the clean-up. */
  keepBackups: z.int().min(1).max(1000).default(5),
});
export const configSchema = fieldsSchema.refine((config) => config.driver !== "docker" || config.docker !== undefined, {
  path: ["docker"],
  message: "the driver docker needs its project and folder",
});
export type Config = z.infer<typeof configSchema>;

export async function readConfig(paths: HomePaths): Promise<Config> {
  const config = await readJson(paths.config, configSchema);
  if (config === null) throw new AppError("config-invalid", { path: paths.config, reason: "the file does not exist" });
  return config;
}

/** Reads a secret from its file in `keys/`; trailing white space is not part of it. */
export async function readSecret(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trimEnd();
  } catch (error) {
    throw new AppError("file-unreadable", { path, reason: String(error) }, { cause: error });
  }
}
