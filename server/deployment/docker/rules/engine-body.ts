import { z } from "zod";
import type { Refused } from "./engine-request.ts";

/** The project that the proxy serves. */
export type Site = {
  project: string;
  /** The project's folder, as the engine sees it. */
  folder: string;
  /** Networks that are not the project's own, and that its containers may be in: a reverse proxy's. */
  networks: readonly string[];
};

/** Something that a body names and that must be the project's. */
export type Named = { kind: "container" | "network" | "volume"; name: string };
/** `body` is what is sent on: only what was looked at, written anew, so that nothing can be read in another way behind us. */
export type JudgedBody = { kind: "allowed"; body: unknown; named: readonly Named[] } | Refused;

export const PROJECT_LABEL = "com.docker.compose.project";
export const SERVICE_LABEL = "com.docker.compose.service";

/** Updater, runner and handover, as compose.yaml declares them. */
const PRIVILEGED = { services: ["updater", "runner", "handover"], caps: ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL"] };
/** Of the processes of the host, those of another user can be entered with no right at all by somebody who is that user. */
const PRIVILEGED_USER = "0:10001";
/** What the updater has in place of the engine's own socket. */
const NO_SOCKET = "/dev/null";

// What may have any value: it touches nobody but the container itself.
const FREE = [
  ...["Hostname", "Domainname", "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce", "Env", "Cmd"],
  ...["Image", "Volumes", "WorkingDir", "Entrypoint", "StopSignal", "StopTimeout", "Healthcheck", "ExposedPorts", "Shell"],
  // dockerode says it here, too; the engine goes by the one in the address.
  "name",
];
const FREE_OF_HOST = [
  ...["AutoRemove", "ConsoleSize", "CpuPeriod", "CpuQuota", "CpuShares", "Init", "Memory", "MemoryReservation", "MemorySwap"],
  ...["NanoCpus", "PidsLimit", "PortBindings", "ReadonlyRootfs", "RestartPolicy", "ShmSize", "Tmpfs"],
];

const list = z.array(z.string()).default([]);
const shared = { Target: z.string(), ReadOnly: z.boolean().optional() };
const mountSchema = z.discriminatedUnion("Type", [
  z.strictObject({
    ...{ Type: z.literal("bind"), Source: z.string(), ...shared },
    BindOptions: z
      .strictObject({ Propagation: z.literal("rprivate").optional(), CreateMountpoint: z.boolean().optional() })
      .optional(),
  }),
  z.strictObject({
    ...{ Type: z.literal("volume"), Source: z.string(), ...shared },
    VolumeOptions: z.strictObject({ NoCopy: z.boolean().optional() }).optional(),
  }),
  z.strictObject({
    ...{ Type: z.literal("tmpfs"), ...shared },
    TmpfsOptions: z.strictObject({ SizeBytes: z.int().optional(), Mode: z.int().optional() }).optional(),
  }),
]);
const hostSchema = z.strictObject({
  Binds: list,
  Mounts: z.array(mountSchema).default([]),
  NetworkMode: z.string(),
  PidMode: z.literal("host").optional(),
  CapAdd: list,
  CapDrop: list,
  SecurityOpt: list,
  LogConfig: z
    .strictObject({
      Type: z.enum(["json-file", "local", "journald", "none"]).optional(),
      Config: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});
const containerSchema = z.strictObject({
  User: z.string().optional(),
  Labels: z.record(z.string(), z.string()).default({}),
  HostConfig: z.record(z.string(), z.unknown()),
  NetworkingConfig: z
    .strictObject({ EndpointsConfig: z.record(z.string(), z.unknown()).default({}) })
    .default({ EndpointsConfig: {} }),
});
type Container = z.infer<typeof containerSchema>;
type Host = z.infer<typeof hostSchema>;

const connectionSchema = z.strictObject({
  // In full: what begins like it may be another's.
  Container: z.string().regex(/^[0-9a-f]{64}$/),
  EndpointConfig: z.unknown().optional(),
});

/** Whether a container may be made so. */
export function judgeContainer(raw: unknown, site: Site): JudgedBody {
  const [free, rest] = parted(raw, FREE);
  const container = containerSchema.safeParse(rest);
  if (!container.success) return unknownPart(container.error);
  const [freeOfHost, restOfHost] = parted(container.data.HostConfig, FREE_OF_HOST);
  const host = hostSchema.safeParse(tidied(restOfHost, ["Mounts", "LogConfig"]));
  if (!host.success) return unknownPart(host.error);
  const networks = networksOf(host.data, container.data);
  const [reason] = [
    ...reasonsOfRights(container.data, host.data, site),
    ...reasonsOfMounts(host.data, site),
    ...networks.filter((name) => name === "host" || name.includes(":")).map((name) => `it wants the network ${name}`),
  ];
  if (reason !== undefined) return { kind: "refused", reason };
  return {
    kind: "allowed",
    body: { ...free, ...container.data, HostConfig: { ...freeOfHost, ...host.data } },
    named: [
      ...networks.filter((name) => name !== "none").map((name) => ({ kind: "network" as const, name })),
      ...volumesOf(host.data).map((name) => ({ kind: "volume" as const, name })),
    ],
  };
}

/** Whether a container may be connected so. */
export function judgeConnection(raw: unknown): JudgedBody {
  const parsed = connectionSchema.safeParse(raw);
  if (!parsed.success) return unknownPart(parsed.error);
  return { kind: "allowed", body: parsed.data, named: [{ kind: "container", name: parsed.data.Container }] };
}

function reasonsOfRights({ Labels, User }: Container, host: Host, { project }: Site): string[] {
  const isPrivileged = PRIVILEGED.services.includes(Labels[SERVICE_LABEL] ?? "") && User === PRIVILEGED_USER;
  const reasons: [wrong: boolean, reason: string][] = [
    [Labels[PROJECT_LABEL] !== project, `it is not labelled as part of the project ${project}`],
    [!host.CapDrop.includes("ALL"), "it does not drop all capabilities"],
    [host.SecurityOpt.join() !== "no-new-privileges:true", "it wants more than `no-new-privileges:true` of the kernel's guards"],
    [host.PidMode !== undefined && !isPrivileged, "it wants to see all processes of the host"],
    ...host.CapAdd.map((cap): [boolean, string] => [
      !isPrivileged || !PRIVILEGED.caps.includes(cap),
      `it wants the capability ${cap}`,
    ]),
  ];
  return reasons.flatMap(([isWrong, reason]) => (isWrong ? [reason] : []));
}

function reasonsOfMounts({ Binds, Mounts }: Host, { folder }: Site): string[] {
  const sources = Mounts.flatMap((mount) => (mount.Type === "bind" ? [mount.Source] : []));
  const bound = Binds.filter((bind) => bind.startsWith("/")).map((bind) => bind.split(":")[0] ?? "");
  return [
    ...Binds.filter((bind) => !/^[^:]+:[^:]+(:r[wo])?$/.test(bind)).map(
      (bind) => `it mounts ${bind} in a way that FilaOps never does`,
    ),
    ...[...sources, ...bound].filter((source) => !isOurs(source, folder)).map((source) => `it mounts ${source} of the host`),
  ];
}

/** By its name alone: what a link in the folder leads to, the engine finds out anew at each start, and nobody can know it before. */
function isOurs(source: string, folder: string): boolean {
  const isPlain = source.split("/").every((part, at) => (part === "") === (at === 0) && part !== "." && part !== "..");
  return isPlain && (source === NO_SOCKET || source === folder || source.startsWith(`${folder}/`));
}

function volumesOf({ Binds, Mounts }: Host): string[] {
  const bound = Binds.flatMap((bind) => (bind.startsWith("/") ? [] : [bind.split(":")[0] ?? ""]));
  return [...bound, ...Mounts.flatMap((mount) => (mount.Type === "volume" ? [mount.Source] : []))];
}

function networksOf({ NetworkMode }: Host, { NetworkingConfig }: Container): string[] {
  return [...new Set([NetworkMode, ...Object.keys(NetworkingConfig.EndpointsConfig)])];
}

/** The known names that may have any value, and all others that have one: what is empty says nothing, whatever its name. */
function parted(raw: unknown, free: readonly string[]): [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(isRecord(raw) ? raw : {});
  const isFree = ([name]: [string, unknown]) => free.includes(name);
  return [
    Object.fromEntries(entries.filter(isFree)),
    Object.fromEntries(entries.filter((entry) => !isFree(entry) && !isEmpty(entry[1]))),
  ];
}

/** The same with what is empty left out of these parts, down to their ground. */
function tidied(host: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(host).map(([name, value]) => [name, names.includes(name) ? withoutEmpty(value) : value]),
  );
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, withoutEmpty(inner)] as const)
      .filter(([, inner]) => !isEmpty(inner)),
  );
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.keys(value).length === 0;
  return value === null || value === "" || value === 0 || value === false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownPart(error: z.ZodError): Refused {
  const [issue] = error.issues;
  const keys = issue?.code === "unrecognized_keys" ? issue.keys : [];
  return {
    kind: "refused",
    reason: `it asks for what FilaOps never does: ${[...(issue?.path ?? []), keys.join(", ")].filter((part) => part !== "").join(".")}`,
  };
}
