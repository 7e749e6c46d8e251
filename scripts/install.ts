import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { program } from "commander";
import { loginFromUrl } from "../server/databases/login-url.ts";
import { systemClock } from "../server/platform/clock.ts";
import { readEnv } from "../server/platform/env.ts";
import { AppError, toProblem } from "../server/platform/errors.ts";
import { silentLog } from "../server/platform/log.ts";
import { findPostgresBinaries } from "../server/platform/postgres-server.ts";
import type { Installing } from "./install/install-home.ts";
import { installHome } from "./install/install-home.ts";
import { stopHome } from "./install/stop-home.ts";

type Flags = {
  home: string;
  archive: string;
  key: string;
  url?: string;
  host: string;
  port: string;
  slotPorts: [string, string];
  database: string;
  postgresHost?: string;
  postgresPort?: string;
  binaries?: string;
  api?: string;
  repository?: string;
};

const SUPERUSER = "FILAOPS_SUPERUSER_URL";
const OWN_POSTGRES_PORT = "5433";

/** Makes a `FILAOPS_HOME`, proves that the app starts in it, and leaves it stopped, for a service manager or `start` to run. */
async function main(): Promise<void> {
  program
    .name("install")
    .description("Installs FilaOps into a folder of its own. Call it again after a failure: it goes on.")
    .requiredOption("--home <folder>", "where everything will lie: FILAOPS_HOME")
    .requiredOption("--archive <path>", "the release's archive, with release.json and release.json.minisig beside it")
    .requiredOption("--key <file>", "the public key that releases are signed with")
    .option("--url <url>", "the address that people will type; http://localhost:<port> when absent")
    .option("--host <address>", "the address to listen on", "0.0.0.0")
    .option("--port <port>", "the port to listen on", "3000")
    .option("--slot-ports <ports...>", "two ports of this computer for the app itself", ["3001", "3002"])
    .option("--database <name>", "the database's name", "filaops")
    .option("--postgres-host <host>", "a PostgreSQL server that is there; else FilaOps gets one of its own")
    .option("--postgres-port <port>", `its port, 5432 when absent; for one of its own ${OWN_POSTGRES_PORT}`)
    .option("--binaries <folder>", "the folder of pg_dump and pg_restore; found by itself on Debian and its kin")
    .option("--api <url>", "the releases API; GitHub's when absent")
    .option("--repository <owner/name>", "where releases are published")
    .addHelpText(
      "after",
      `\nFor a server that is there, ${SUPERUSER} holds postgresql://user:password@host:port of a superuser, used once.`,
    )
    .parse();
  const installing = await fromFlags(program.opts<Flags>());
  const { made, version, url } = await installHome(installing).catch(async (error: unknown) => {
    await stopHome(installing.home);
    throw error;
  });
  // What was started for the proof ends, so that who starts FilaOps from now on owns all of it.
  if (made) await stopHome(installing.home);
  const done = made
    ? `FilaOps ${version} is installed`
    : `FilaOps was installed already, first as ${version}; nothing was changed`;
  print(`${done}. Start it, and open ${url}`);
}

async function fromFlags(flags: Flags): Promise<Installing> {
  const [blue, green] = flags.slotPorts.map(Number);
  const own = flags.postgresHost === undefined;
  const binaries = flags.binaries ?? (await findPostgresBinaries()).folder;
  return {
    home: resolve(flags.home),
    release: resolve(flags.archive),
    releaseKey: await readFile(flags.key, "utf8"),
    database: own ? { kind: "own" } : { kind: "server", superuser: superuser() },
    config: {
      v: 1,
      publicUrl: flags.url ?? `http://localhost:${flags.port}`,
      gate: { host: flags.host, port: Number(flags.port) },
      postgres: {
        host: flags.postgresHost ?? "127.0.0.1",
        port: Number(flags.postgresPort ?? (own ? OWN_POSTGRES_PORT : "5432")),
        database: flags.database,
        binaries,
      },
      releases: {
        ...(flags.api === undefined ? {} : { api: flags.api }),
        ...(flags.repository === undefined ? {} : { repository: flags.repository }),
      },
      driver: "native",
      slots: { blue: blue ?? 0, green: green ?? 0 },
    },
    clock: systemClock,
    log: silentLog,
    onStep: (text) => {
      print(`${text} …`);
    },
  };
}

function superuser() {
  const url = readEnv(SUPERUSER);
  if (url === undefined) throw new AppError("config-invalid", { path: SUPERUSER, reason: "it is not set" });
  return loginFromUrl(url).login;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  const problem = toProblem(error);
  process.stderr.write(`${problem.happened}\n${problem.meaning} ${problem.todo}\n`);
  process.exitCode = 1;
}
