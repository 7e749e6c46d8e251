import { chmod, chown, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "./clock.ts";
import { baseEnv } from "./env.ts";
import { AppError } from "./errors.ts";
import { exists, isErrno, makeFolder, remove } from "./files.ts";
import { run, spawnAttached } from "./process.ts";

/** Where Debian and its kin keep the server's programs, one folder per major: outside of PATH. */
const DEBIAN_FOLDER = "/usr/lib/postgresql";
const START_TIMEOUT_MS = 120_000;

export type PostgresBinaries = { folder: string; major: number };

/** The folder with PostgreSQL's server and client programs: the given major, else the newest that is whole. Throws `postgres-missing`. */
export async function findPostgresBinaries(major?: number, root = DEBIAN_FOLDER): Promise<PostgresBinaries> {
  const names = (await exists(root)) ? await readdir(root) : [];
  const majors = names.map(Number).filter((number) => Number.isInteger(number) && (major === undefined || number === major));
  for (const candidate of majors.toSorted((a, b) => b - a)) {
    const folder = join(root, String(candidate), "bin");
    const needed = ["initdb", "postgres", "pg_ctl", "pg_dump", "pg_restore"].map((name) => exists(join(folder, name)));
    if ((await Promise.all(needed)).every(Boolean)) return { folder, major: candidate };
  }
  throw new AppError("postgres-missing", { major: major ?? null, folder: root });
}

export type PostgresServerOptions = {
  /** The folder of the programs, as `findPostgresBinaries` gives it. */
  binaries: string;
  /** The data folder; it and its parents must be reachable for the user `postgres` when we are root. */
  data: string;
  port: number;
  /** Lines of the configuration besides our own. */
  settings?: Record<string, string>;
  clock: Clock;
};

type StopMode = "fast" | "immediate";

export type PostgresServer = {
  host: "127.0.0.1";
  port: number;
  superuser: "postgres";
  /** Makes the cluster with this password of the superuser; does nothing when there is one. Says whether it was made. */
  init: (superuserPassword: string) => Promise<boolean>;
  /** Starts it in the background and waits until it answers; does nothing when it runs. */
  start: () => Promise<void>;
  /**
   * Starts it as our child, in a session of its own, so that Ctrl-C does not reach it before those who use it: end it with `stop`.
   * The caller follows its end, and may await `ready`. With `dieWithParent` it is stopped as by `immediate` when we are killed.
   */
  spawn: (options?: { stdio?: "inherit" | "ignore"; dieWithParent?: boolean }) => Promise<ReturnType<typeof spawnAttached>>;
  /** Waits until it takes connections. Throws `took-too-long`. */
  ready: (timeoutMs?: number) => Promise<void>;
  /** `fast` ends sessions and shuts down; `immediate` is a crash that the next start recovers from. That it does not run is fine. */
  stop: (mode?: StopMode) => Promise<void>;
  /** The pid of the running server, or `null`. */
  status: () => Promise<{ pid: number } | null>;
};

/**
 * A PostgreSQL of our own on 127.0.0.1 (TCP only: a socket's path may be too long for the kernel). Used by the launcher, the demo and the
 * tests; a system's own cluster is never touched. PostgreSQL refuses to run as root, so then it runs as the user `postgres`.
 */
export function createPostgresServer(options: PostgresServerOptions): PostgresServer {
  const { binaries, data, port, clock } = options;
  const tool = (name: string) => join(binaries, name);

  async function as() {
    return { ...(await serverUser()), cwd: data, env: { LC_ALL: "C.UTF-8" } };
  }

  async function status(): Promise<{ pid: number } | null> {
    const pid = Number((await readIfThere(join(data, "postmaster.pid")))?.split("\n")[0]);
    if (!Number.isInteger(pid) || pid <= 0) return null;
    // After a power cut the file may name a process that is somebody else's by now.
    const command = await readIfThere(`/proc/${pid}/cmdline`);
    return command?.split("\0").includes(data) === true ? { pid } : null;
  }

  async function ready(timeoutMs = START_TIMEOUT_MS): Promise<void> {
    const end = clock.monotonic() + timeoutMs;
    for (;;) {
      try {
        await run(tool("pg_isready"), ["--quiet", "--host", "127.0.0.1", "--port", String(port), "--timeout", "3"]);
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "program-failed") throw error;
        if (clock.monotonic() > end) {
          throw new AppError("took-too-long", { what: "the start of PostgreSQL", seconds: Math.round(timeoutMs / 1000) });
        }
        await clock.sleep(50);
      }
    }
  }

  async function writeSettings(): Promise<void> {
    const lines = Object.entries({ ...ourSettings(port), ...options.settings }).map(([name, value]) => `${name} = '${value}'\n`);
    await own(join(data, "filaops.conf"), lines.join(""));
  }

  return {
    host: "127.0.0.1",
    port,
    superuser: "postgres",
    status,
    ready,

    async init(superuserPassword) {
      if (await exists(join(data, "PG_VERSION"))) return false;
      await makeFolder(data, 0o700);
      const { uid, gid } = await serverUser();
      if (uid !== undefined && gid !== undefined) {
        await refuseUnreachable(data);
        await chown(data, uid, gid);
      }
      const passwordFile = `${data}.initial`;
      await own(passwordFile, `${superuserPassword}\n`);
      try {
        // C.UTF-8 has no version that an upgrade of the system's library could change under our indexes.
        const flags = ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=scram-sha-256", "--username=postgres", "--data-checksums"];
        await run(tool("initdb"), ["--pgdata", data, "--pwfile", passwordFile, ...flags], {
          ...(await as()),
          timeoutMs: 300_000,
        });
        await own(join(data, "postgresql.conf"), "include_if_exists 'filaops.conf'\n");
      } catch (error) {
        // A half-made cluster would pass for a whole one.
        await remove(data);
        throw error;
      } finally {
        await remove(passwordFile);
      }
      return true;
    },

    async start() {
      if ((await status()) !== null) {
        await ready();
        return;
      }
      await writeSettings();
      const log = join(data, "server.log");
      await run(tool("pg_ctl"), ["start", "--pgdata", data, "--wait", "--timeout", "120", "--log", log], await as());
      await ready();
    },

    async spawn({ stdio = "inherit", dieWithParent = false } = {}) {
      await writeSettings();
      const { uid, gid } = await serverUser();
      const postgres = [tool("postgres"), "-D", data];
      return spawnAttached("setsid", dieWithParent ? ["setpriv", "--pdeathsig", "QUIT", "--", ...postgres] : postgres, {
        env: { ...baseEnv(), LC_ALL: "C.UTF-8" },
        cwd: data,
        stdio: ["ignore", stdio, stdio],
        ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
      });
    },

    async stop(mode = "fast") {
      if ((await status()) === null) return;
      await run(tool("pg_ctl"), ["stop", "--pgdata", data, "--mode", mode, "--wait", "--timeout", "60"], await as());
    },
  };
}

/** What a local ERP wants of its database. Durability is PostgreSQL's default and stays: `fsync` is never off. */
function ourSettings(port: number): Record<string, string> {
  return {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    dynamic_shared_memory_type: "posix",
    max_connections: "100",
    shared_buffers: "128MB",
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "warning",
    lc_messages: "C.UTF-8",
  };
}

/** The user that the server runs as: ourselves, or `postgres` (Debian's package makes it) when we are root. */
async function serverUser(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const passwd = await readFile("/etc/passwd", "utf8");
  const fields = passwd
    .split("\n")
    .find((line) => line.startsWith("postgres:"))
    ?.split(":");
  if (fields === undefined) throw new AppError("postgres-user-missing", {});
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** Writes a file that only the server's user may read. */
async function own(path: string, content: string): Promise<void> {
  await writeFile(path, content, { mode: 0o600 });
  await chmod(path, 0o600);
  const { uid, gid } = await serverUser();
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/** Every folder above the data must let the user `postgres` through; `/root` does not. */
async function refuseUnreachable(data: string): Promise<void> {
  for (let folder = dirname(data); folder !== dirname(folder); folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) throw new AppError("postgres-folder-unreachable", { data, folder });
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ESRCH")) return null;
    throw error;
  }
}
