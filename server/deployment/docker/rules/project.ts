/** What stands between a container and everything else, declared or at work. */
export type Walls = {
  /** Names of networks: the file's own of a declared service, the engine's of a container. */
  networks: readonly string[];
  mounts: readonly Mount[];
  publishesPorts: boolean;
};

export type Mount = { source: string; target: string };

/** A service as Compose reads the file, as far as we rely on it. */
export type Service = Walls & {
  image: string;
  profiles: readonly string[];
  environment: Partial<Record<string, string>>;
  pid: string;
};

/** What is declared of our services; those of the operator's own are not looked at. */
export type Declared = {
  services: Partial<Record<ServiceName, Service>>;
  /** The network `inside`: its name in the engine, and whether it has no way out. */
  inside: { name: string; internal: boolean } | null;
};

export const SERVICES = [
  "init",
  "db",
  "gate",
  "updater",
  "web-blue",
  "web-green",
  "web-trial",
  "runner",
  "handover",
  "migrate",
] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Those that may see Docker's socket and the whole folder. */
export const PRIVILEGED: readonly ServiceName[] = ["updater", "runner", "handover"];

/** Where the project lies, which is the same for the updater and for the host, and where the updater sees Docker's socket. */
export type Place = { folder: string; home: string; socket: string };
