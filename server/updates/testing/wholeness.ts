import { readFile } from "node:fs/promises";
import { blankOf } from "../../databases/provision.ts";
import { gateStateSchema } from "../../gate/contract.ts";
import { INSTANCE_MARK, SERVICE_MARK } from "../../deployment/marks.ts";
import { readSecret } from "../../platform/config.ts";
import { exists, readJson } from "../../platform/files.ts";
import { lockHolder } from "../../platform/lock.ts";
import { findMarked } from "../../platform/marked-processes.ts";
import type { Outcome } from "../contract.ts";
import { journalEntrySchema } from "../contract.ts";
import { readInstallation } from "../installation.ts";
import { parseJournal } from "../journal.ts";
import { readRecord, readRecords } from "../records.ts";
import { isCommitted, stepsWith } from "../rules/decide.ts";
import type { Installation, RunRecord } from "../rules/installation.ts";
import { isJob } from "../rules/kinds.ts";
import { factsOf } from "../rules/status.ts";
import type { RealStage } from "./real-stage.ts";
import { OPERATOR } from "./real-stage.ts";

const POLL_MS = 50;
const WITHIN_MS = 20_000;

/**
 * Looks whether the installation is whole after a run: what runs is what the journal says, saving works and lost nothing, and nothing was left
 * behind. What may take a moment (a process that is ending) is waited for. Returns what is wrong in sentences; none is wanted.
 */
export async function whatIsWrong(stage: RealStage, run: string): Promise<string[]> {
  const atOnce = await wrongAtTheEnd(stage);
  const deadline = stage.world.clock.monotonic() + WITHIN_MS;
  for (;;) {
    const wrong = await wrongNow(stage, run).catch((error: unknown) => [String(error)]);
    if (wrong.length === 0 || stage.world.clock.monotonic() > deadline) return [...atOnce, ...wrong];
    await stage.world.clock.sleep(POLL_MS);
  }
}

/** What the run itself leaves right, before anybody else has looked after it. */
async function wrongAtTheEnd({ world, paths }: RealStage): Promise<string[]> {
  const gate = await readJson(paths.gateState, gateStateSchema);
  // PostgreSQL may have been killed, and not be back yet.
  const fence = await world.databases.fence().catch(() => "unknown");
  return [
    ...(fence !== "closed" ? [] : ["the fence was left closed"]),
    ...(gate?.mode === "proxy" && gate.run === null ? [] : [`the gate is told ${JSON.stringify(gate)}`]),
  ];
}

async function wrongNow(stage: RealStage, run: string): Promise<string[]> {
  const installation = await readInstallation(stage.world);
  const checks = [wrongJournal, wrongBackup, wrongService, wrongDatabases, wrongRows, wrongProcesses];
  const found: string[] = [];
  for (const check of checks) found.push(...(await check(stage, { run, installation })));
  return found;
}

type Case = { run: string; installation: Installation };

async function wrongJournal({ paths }: RealStage, { run }: Case): Promise<string[]> {
  const bytes = await readFile(paths.journal(run));
  const { entries, goodBytes } = parseJournal(bytes, paths.journal(run));
  const journal = entries.map((entry) => journalEntrySchema.parse(entry));
  const outcome = journal.findLast((entry) => entry.type === "finished")?.outcome;
  const planned = journal.find((entry) => entry.type === "planned");
  const back: readonly Outcome[] = ["rolled_back", "failed", "cancelled"];
  const isBeside = planned !== undefined && isJob(planned.kind);
  const fitting: readonly (Outcome | undefined)[] = isBeside ? ["complete", ...back] : isCommitted(journal) ? ["complete"] : back;
  return [
    ...(goodBytes === bytes.length ? [] : ["the journal has a torn tail"]),
    ...(fitting.includes(outcome) ? [] : [`the run ended ${outcome ?? "never"}`]),
  ];
}

/** A backup that a run made stays, whichever way the run ended. */
async function wrongBackup({ world, paths }: RealStage, { run }: Case): Promise<string[]> {
  const journal = (await readRecord(paths, run))?.journal ?? [];
  const { backup } = factsOf(journal);
  if (backup === undefined || !stepsWith("done", journal).has("backup")) return [];
  if ((await world.backups.find(backup)) === null) return ["the backup is gone"];
  await world.backups.verify(backup);
  return [];
}

/** Through the gate, as people see it; and as the gate, the driver and the database each say. */
async function wrongService({ url, world, as }: RealStage, { installation }: Case): Promise<string[]> {
  await as(OPERATOR).bar.query(); // throws while the updater does not serve
  const answer = await fetch(`${url}/api/health`);
  const health = JSON.stringify(await answer.json());
  const { version, schemaHead, slot, database } = installation;
  const expected = { status: "ready", version, schemaHead: { build: schemaHead, database: schemaHead }, reason: null };
  const { state, held } = await world.gate.report();
  const instance = (await world.driver.inspect())[slot];
  const live = await world.databases.find(database.name);
  return [
    ...(answer.status === 200 && health === JSON.stringify(expected) ? [] : [`through the gate: ${answer.status} ${health}`]),
    ...(state.mode === "proxy" && state.target?.port === instance?.port && held === 0
      ? []
      : [`the gate: ${JSON.stringify(state)}`]),
    ...(live?.oid === database.oid ? [] : [`the live database is ${JSON.stringify(live)}`]),
    ...((await world.databases.fence()) === "open" ? [] : ["the fence is closed"]),
  ];
}

/** None but the live one, those kept for an undo, and those that an undo put aside. */
async function wrongDatabases({ asOwner }: RealStage, { installation }: Case): Promise<string[]> {
  const { database, stack, putAside } = installation;
  const there = await asOwner("postgres", async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE datname LIKE 'filaops%'",
    );
    return rows.map(({ name }) => name);
  });
  const needed = [database.name, blankOf(database.name), ...stack.map(({ kept }) => kept.name)];
  const allowed = [...needed, ...putAside.map(({ name }) => name)];
  return [
    ...needed.filter((name) => !there.includes(name)).map((name) => `the database ${name} is missing`),
    ...there.filter((name) => !allowed.includes(name)).map((name) => `the database ${name} was left behind`),
  ];
}

/** Every acknowledged row is there once; those that an undo or a restore put aside are not; no number was given twice. */
async function wrongRows(stage: RealStage, { installation }: Case): Promise<string[]> {
  const saved = [...stage.writer.saved];
  const { lineage, known } = lineageOf(await readRecords(stage.paths), installation);
  const counts = await stage.asOwner(installation.database.name, async (client) => {
    const { rows } = await client.query<{ key: string; count: number }>(
      "SELECT key, count(*)::int AS count FROM saves GROUP BY key",
    );
    return new Map(rows.map((row) => [row.key, row.count]));
  });
  const twice = [...counts].filter(([, count]) => count > 1).map(([key]) => `${key} is there more than once`);
  const wrong = saved.flatMap(({ key, oid, at }) => {
    if (!known.has(oid)) return [`${key} was saved into a database that nobody kept`];
    const isThere = counts.has(key);
    const cut = lineage.get(oid);
    if (cut !== undefined && at < cut.from) return isThere ? [] : [`${key} was acknowledged and is lost`];
    // While a backup is made, what is saved is in it or is not.
    if (cut !== undefined && at <= cut.to) return [];
    return isThere ? [`${key} was undone and is there`] : [];
  });
  const numbers = new Set(saved.map(({ number }) => number));
  return [...twice, ...wrong, ...(numbers.size === saved.length ? [] : ["a number was given twice"])].slice(0, 10);
}

/** Until when what was saved into a database is in the live one: everything before `from`, nothing after `to`. */
type Cut = { from: Date; to: Date };
const NEVER = new Date(8.64e15);
/** A save may be acknowledged a moment after it is in. */
const ACKNOWLEDGED_MS = 1000;

/** The live database and those that it was copied or restored from; and every database that ever was the live one. */
function lineageOf(records: readonly RunRecord[], { database }: Installation) {
  const parents = new Map<number, { oid: number; cut: Cut }>();
  const known = new Set<number>([database.oid]);
  for (const record of records) {
    const { blue, green } = factsOf(record.journal);
    if (blue !== undefined) known.add(blue.oid);
    if (!isCommitted(record.journal) || blue === undefined || green === undefined) continue;
    if (record.plan.kind === "update") parents.set(green.oid, { oid: blue.oid, cut: { from: NEVER, to: NEVER } });
    if (record.plan.backup !== null) parents.set(green.oid, originOf(records, record.plan.backup.id));
  }
  const lineage = new Map<number, Cut>();
  let next: { oid: number; cut: Cut } | undefined = { oid: database.oid, cut: { from: NEVER, to: NEVER } };
  while (next !== undefined) {
    const { oid, cut }: { oid: number; cut: Cut } = next;
    lineage.set(oid, cut);
    const parent = parents.get(oid);
    next = parent === undefined ? undefined : { oid: parent.oid, cut: parent.cut.from < cut.from ? parent.cut : cut };
  }
  return { lineage, known };
}

/** The database that a backup was made of, and when. */
function originOf(records: readonly RunRecord[], backup: string): { oid: number; cut: Cut } {
  const made = records.find(({ journal }) => factsOf(journal).backup === backup);
  const moment = (type: "started" | "done") =>
    new Date(made?.journal.find((entry) => entry.type === type && entry.step === "backup")?.at ?? 0);
  const oid = made === undefined ? undefined : factsOf(made.journal).blue?.oid;
  if (oid === undefined) throw new Error(`no run made the backup ${backup}`);
  return { oid, cut: { from: moment("started"), to: new Date(moment("done").getTime() + ACKNOWLEDGED_MS) } };
}

/** One app instance, one gate, one updater; no runner, and none of its programs, sessions or reserved space. */
async function wrongProcesses({ paths, mark, asOwner }: RealStage, { installation }: Case): Promise<string[]> {
  const instances = findMarked(INSTANCE_MARK, mark).map(({ value }) => value.slice(mark.length).split("/")[0]);
  const services = findMarked(SERVICE_MARK, mark).map(({ value }) => value.slice(mark.length).split("/")[0]);
  const password = await readSecret(paths.ownerPassword);
  const dumps = findMarked("PGPASSWORD", password);
  const migrations = findMarked("FILAOPS_OWNER_DATABASE_URL", "").filter(({ value }) => value.includes(password));
  const sessions = await asOwner("postgres", async (client) => {
    const { rows } = await client.query<{ name: string }>("SELECT application_name AS name FROM pg_stat_activity");
    return rows.map(({ name }) => name).filter((name) => name.startsWith("filaops-run-"));
  });
  return [
    ...(instances.join() === installation.slot ? [] : [`app instances: ${instances.join()}`]),
    ...(services.toSorted().join() === "gate,updater" ? [] : [`services: ${services.join()}`]),
    ...(lockHolder(paths.runLock) === null ? [] : ["somebody holds the run lock"]),
    ...(dumps.length + migrations.length === 0 ? [] : ["a program of the run is still at work"]),
    ...(sessions.length === 0 ? [] : ["sessions of the run are still there"]),
    ...((await exists(paths.ballast)) ? ["the reserved space was not given back"] : []),
  ];
}
