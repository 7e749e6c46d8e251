import { withConnection } from "../databases/connect.ts";
import { createDatabases } from "../databases/postgres.ts";
import { openDriver } from "../deployment/open-driver.ts";
import { missingFiles } from "../files/missing.ts";
import { createGateClient } from "../gate/client.ts";
import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { readSecret } from "../platform/config.ts";
import { AppError, isAppError, toProblem } from "../platform/errors.ts";
import { freeBytes } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { lockHolder } from "../platform/lock.ts";
import { silentLog } from "../platform/log.ts";
import { readFeedCache } from "../releases/feed-cache.ts";
import { listUrl } from "../releases/github.ts";
import { openRun } from "../updates/history.ts";
import { readInstallation } from "../updates/installation.ts";
import { soundRecords } from "../updates/records.ts";
import { waitingForPerson } from "../updates/settle.ts";
import type { UpdaterApi } from "./client.ts";
import type { DoctorItem } from "./contract.ts";

export type Patient = { paths: HomePaths; config: Config; clock: Clock; updater: Pick<UpdaterApi, "overview"> };

/** Says in a sentence that all is well, or throws what is wrong. */
type Look = (patient: Patient) => Promise<string>;

const ROOM_BYTES = 1e9;
const HOUR_MS = 3_600_000;

/** Every check, in the order in which one would look: all are done, whatever the others find, and none needs another's service. */
const looks: Record<string, Look> = {
  "disk space": diskSpace,
  database,
  files,
  runs,
  "update service": updateService,
  gate,
  app,
  "release check": releaseCheck,
};

/** Looks at everything and says what is wrong and what to do. Changes nothing, and throws nothing. */
export async function examine(patient: Patient): Promise<DoctorItem[]> {
  return Promise.all(Object.entries(looks).map(([check, look]) => examineOne(check, () => look(patient))));
}

async function examineOne(check: string, look: () => Promise<string>): Promise<DoctorItem> {
  try {
    return { check, ok: true, text: await look(), problem: null };
  } catch (error) {
    const problem = toProblem(error);
    return { check, ok: false, text: problem.happened, problem };
  }
}

async function diskSpace({ paths }: Patient): Promise<string> {
  const free = await freeBytes(paths.home);
  if (free < ROOM_BYTES) throw new AppError("disk-full", { path: paths.home, neededBytes: ROOM_BYTES, freeBytes: free });
  return `${(free / 1e9).toFixed(1)} GB are free on ${paths.home}.`;
}

async function database(patient: Patient): Promise<string> {
  const { paths, config, clock } = patient;
  const { host, port, database: live, owner, app: appRole, writer, loader } = config.postgres;
  const databases = createDatabases({
    ...{ host, port, live, clock },
    roles: { owner, app: appRole, writer, loader },
    ownerPassword: await readSecret(paths.ownerPassword),
    applicationName: "filaops-doctor",
  });
  try {
    const server = await databases.serverVersion();
    // A run moves names and the fence about; its journal, not we, knows how they should be.
    if ((await openRun(paths)) === null) {
      const { oid } = (await readInstallation(patient)).database;
      if ((await databases.find(live))?.oid !== oid) {
        throw wrong(
          `The database ${live} is not the one that was installed last.`,
          "Look at `filaops log`; `filaops settle` puts the names right.",
        );
      }
      if ((await databases.fence()) === "closed") {
        throw wrong(
          "Saving is paused, although no run is open.",
          "The update service opens it again; if it runs and does not, `filaops settle` does.",
        );
      }
    }
    return `PostgreSQL ${server.text} answers on ${host}:${port}.`;
  } finally {
    await databases.close();
  }
}

async function files({ paths, config }: Patient): Promise<string> {
  // A run moves the database's name about.
  if ((await openRun(paths)) !== null) return "Uploaded files are looked at when no run is open.";
  const { host, port, owner: user, database: live } = config.postgres;
  const login = { host, port, user, password: await readSecret(paths.ownerPassword) };
  const options = { database: live, applicationName: "filaops-doctor" };
  const found = await withConnection(login, options, (client) => missingFiles(client, paths.files)).catch((error: unknown) => {
    if (isAppError(error, "service-unreachable")) return null;
    throw error;
  });
  if (found === null) return "Uploaded files are looked at when the database answers.";
  const { referred, missing } = found;
  if (missing.length > 0) throw new AppError("files-missing", { folder: paths.files, count: missing.length, referred });
  return referred === 0 ? "Nothing was uploaded yet." : `All ${referred} uploaded files are there.`;
}

async function runs({ paths }: Patient): Promise<string> {
  const records = await soundRecords(paths);
  const waiting = await waitingForPerson({ paths }, records);
  if (waiting !== null) throw new AppError("needs-person-first", { run: waiting });
  const [open, holder] = [await openRun(paths), lockHolder(paths.runLock)];
  if (open !== null && holder === null) {
    throw wrong(
      `The run ${open} is open, but no process works on it.`,
      "The update service starts one within a second; if it does not, look at whether it runs.",
    );
  }
  if (open !== null) return `The run ${open} is under way, by process ${holder ?? "?"}.`;
  if (holder !== null) return `No run is open; process ${holder} is just ending one.`;
  return records.length === 0 ? "There was no run yet." : `No run is open. The journals of all ${records.length} are whole.`;
}

async function updateService({ updater }: Patient): Promise<string> {
  const { service } = await updater.overview.query();
  if (service === undefined) return "The update service answers.";
  if (service.problem !== null) throw AppError.reported(service.problem);
  return `The update service answers, and is ${service.version}.`;
}

async function gate({ paths, clock }: Patient): Promise<string> {
  const { state } = await createGateClient(paths.gateSocket, clock, { patienceSeconds: 0 }).report();
  const run = await openRun(paths);
  if (state.mode !== "proxy" && run === null) {
    throw wrong(
      `The gate is not open for all (${state.mode}), although no run is open.`,
      "The update service opens it; if it runs and does not, `filaops settle` does.",
    );
  }
  return state.target === null ? "The gate answers." : `The gate answers and leads to version ${state.target.version}.`;
}

async function app(patient: Patient): Promise<string> {
  const { slot, version } = await readInstallation(patient);
  const driver = openDriver({ ...patient, log: silentLog });
  if ((await driver.inspect())[slot] === undefined) {
    throw wrong(`FilaOps ${version} is not running.`, "The update service starts it; look at whether that runs.");
  }
  const health = await driver.health(slot);
  if (health.kind === "ready") return `FilaOps ${version} answers and is ready.`;
  const reason = health.kind === "stopped" ? "it is stopped" : health.reason;
  throw wrong(`FilaOps ${version} is not ready: ${reason}.`, `Its log lies in ${patient.paths.logs}.`);
}

async function releaseCheck({ paths, config, clock }: Patient): Promise<string> {
  const { answeredAt, failing } = await readFeedCache(paths, listUrl(config.releases), silentLog);
  if (failing !== null) throw AppError.reported(failing.problem);
  if (answeredAt === null) throw wrong("The release feed was never asked.", "Run `filaops check`.");
  const hours = (clock.now().getTime() - Date.parse(answeredAt)) / HOUR_MS;
  if (hours > 3 * config.releases.checkHours) {
    throw wrong(`The release feed was last asked ${Math.round(hours)} hours ago.`, "Run `filaops check`.");
  }
  return `The release feed answered ${hours < 1 ? "within the last hour" : `${Math.round(hours)} hours ago`}.`;
}

function wrong(what: string, todo: string): AppError {
  return new AppError("not-as-it-should-be", { what, todo });
}
