import { dirname } from "node:path";
import type { Attempts } from "../auth/attempts.ts";
import { createAttempts } from "../auth/attempts.ts";
import { sessionEpoch } from "../auth/epoch.ts";
import type { Imports } from "../imports/imports.ts";
import { createImports } from "../imports/imports.ts";
import type { Exports } from "../exports/exports.ts";
import { createExports } from "../exports/exports.ts";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import type { AppDatabase } from "../platform/db.ts";
import { createAppDatabase } from "../platform/db.ts";
import { readEnv } from "../platform/env.ts";
import { AppError } from "../platform/errors.ts";
import type { HomePaths } from "../platform/home.ts";
import { homePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import { createLog } from "../platform/log.ts";
import type { BuildInfo } from "../releases/contract.ts";
import type { UpdaterClient } from "../updater/client.ts";
import { createUpdaterClient, PATIENCE_MS } from "../updater/client.ts";
import { readBuildInfo } from "./build-info.ts";

/** What an app instance is made of. Passed to whoever needs it; tests make their own. */
export type Web = {
  build: BuildInfo;
  database: AppDatabase;
  attempts: Attempts;
  clock: Clock;
  log: Log;
  /** Seals sessions. */
  secret: string;
  /** The address that people type. */
  publicUrl: URL;
  /** Whether people come by https. */
  secure: boolean;
  epoch: () => Promise<number>;
  /** The privileged service, asked on behalf of whoever asks us. */
  updater: UpdaterClient;
  /** What a run says of itself to everybody; `undefined` where there is no updater (`next dev`). */
  statusFile: string | undefined;
  /** The folder of uploaded files; `undefined` where there is none (`next dev`). */
  files: string | undefined;
  /** What people bring in. */
  imports: Imports;
  /** What people take out of FilaOps. */
  exports: Exports;
};

/** Next bundles pages, routes and the proxy apart; all of them shall share one pool. */
const shared = globalThis as { filaopsWeb?: Web };

/** This instance, made on first use from the environment that the driver gave it. Connects to nothing yet. */
export function web(): Web {
  shared.filaopsWeb ??= createWeb();
  return shared.filaopsWeb;
}

function createWeb(): Web {
  const build = readBuildInfo();
  const publicUrl = new URL(needed("NEXTAUTH_URL"));
  const stateFile = readEnv("FILAOPS_STATE_FILE");
  const log = createLog("web");
  const database = createAppDatabase({
    url: needed("FILAOPS_DATABASE_URL"),
    schemaHead: build.schemaHead,
    applicationName: `filaops-web-${build.version}`,
  });
  const files = readEnv("FILAOPS_FILES") ?? besides(stateFile)?.files;
  const folder = readEnv("FILAOPS_EXPORTS") ?? besides(stateFile)?.exports;
  return {
    build,
    database,
    attempts: createAttempts(),
    clock: systemClock,
    log,
    secret: needed("NEXTAUTH_SECRET"),
    publicUrl,
    secure: publicUrl.protocol === "https:",
    epoch: () => sessionEpoch(stateFile),
    // Without an updater (`next dev`) each call says that it does not answer.
    updater: createUpdaterClient({
      socketPath: readEnv("FILAOPS_UPDATER_SOCKET") ?? "/nonexistent/updater.sock",
      token: readEnv("FILAOPS_WEB_TOKEN") ?? "",
      patience: { ms: PATIENCE_MS, clock: systemClock },
    }),
    statusFile: readEnv("FILAOPS_STATUS_FILE"),
    files,
    imports: createImports({
      ...{ database, files, clock: systemClock, log },
      folder: readEnv("FILAOPS_IMPORTS") ?? besides(stateFile)?.imports,
    }),
    exports: createExports({ database, folder, files, appVersion: build.version, clock: systemClock, log }),
  };
}

/** The version that starts us in the update by which a folder came does not say yet where it lies. */
function besides(stateFile: string | undefined): HomePaths | undefined {
  return stateFile === undefined ? undefined : homePaths(dirname(dirname(stateFile)));
}

function needed(name: string): string {
  const value = readEnv(name);
  if (value === undefined) throw new AppError("config-invalid", { path: "the environment", reason: `${name} is not set` });
  return value;
}
