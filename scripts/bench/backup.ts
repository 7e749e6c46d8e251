import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { createBackups } from "../../server/backups/backups.ts";
import { readSecret } from "../../server/platform/config.ts";
import { baseEnv } from "../../server/platform/env.ts";
import { folderBytes, remove } from "../../server/platform/files.ts";
import { newUlid } from "../../server/platform/ids.ts";
import { run, spawnAttached } from "../../server/platform/process.ts";
import { readRecord } from "../../server/updates/records.ts";
import type { RealStage } from "../../server/updates/testing/real-stage.ts";
import { openRealStage } from "../../server/updates/testing/real-stage.ts";
import { ended, startBackup, startRestore } from "../../server/updates/testing/run-control.ts";
import { factsOf } from "../../server/updates/rules/status.ts";
import { proveFidelity } from "./fidelity.ts";

/**
 * `npm run bench:backup [-- --rows N] [-- --rounds N]`: our backups against `pg_dump | gzip` and `pg_dump --format=custom`, of the same database, in
 * one run, in interleaved rounds of which the medians count; restoring too; whether what was restored is the same; and for how long readers are held when
 * a restore switches over. A real installation of its own with a PostgreSQL of its own; needs some 6 GB of disk. The last line is one JSON object.
 */
const { values: flags } = parseArgs({
  options: { rows: { type: "string", default: "3200000" }, rounds: { type: "string", default: "3" } },
});

type Connection = { binaries: string; words: string[]; env: Record<string, string> };
type ChildProcess = ReturnType<typeof spawnAttached>;
type Way = "ours" | "gzip" | "custom";
type Figures = { dumpMs: number; bytes: number; restoreMs: number };

const stage = await openRealStage();

async function main({ world, paths, writer }: RealStage): Promise<void> {
  await writer.stop();
  const { host, port, owner, database, binaries } = world.config.postgres;
  const password = await readSecret(paths.ownerPassword);
  await fill(stage, Number(flags.rows));
  const bytes = await world.databases.bytes(database);
  const { text, major } = await world.databases.serverVersion();
  say(`PostgreSQL ${text}; the database has ${megabytes(bytes)} MB.`);
  if (major < 17) say("PostgreSQL 17 was not measured: it is not what is installed here.");

  const words = ["--host", host, "--port", String(port), "--username", owner, "--no-password"];
  const connection = { binaries, words, env: { ...baseEnv(), PGPASSWORD: password, LC_MESSAGES: "C" } };
  const rounds: Record<Way, Figures[]> = { ours: [], gzip: [], custom: [] };
  for (let round = 1; round <= Number(flags.rounds); round += 1) {
    for (const way of ["ours", "gzip", "custom"] as const) {
      const figures = await WAYS[way](connection, password);
      rounds[way].push(figures);
      const { dumpMs, restoreMs } = figures;
      say(`round ${round}, ${way}: ${seconds(dumpMs)} s, ${megabytes(figures.bytes)} MB; restored in ${seconds(restoreMs)} s`);
    }
  }
  const compared = await proveFidelity(stage, ourBackups(password));
  say(`Dumped, restored and dumped again: the same ${megabytes(compared)} MB of SQL; pg_amcheck found nothing.`);
  const [ours, gzip] = [medians(rounds.ours), medians(rounds.gzip)];
  say(
    `Reading it out without packing is ${ratio(gzip.dumpMs, await readingOut(connection))} times as fast as the seed's way; pg_dump cannot be faster.`,
  );
  const figures = { speedup: ratio(gzip.dumpMs, ours.dumpMs), sizeRatio: ratio(ours.bytes, gzip.bytes) };
  const restoreSpeedup = ratio(gzip.restoreMs, ours.restoreMs);
  say(JSON.stringify({ pgVersion: major, ...figures, restoreSpeedup, swapHoldMs: await swapHold() }));
}

const TABLES = ["bench_orders", "bench_lines", "bench_prints", "bench_moves"];

/** Rows as a farm may have them, the same ones every time, in some tables of one size: text that packs as text does, money, dates and some JSON. */
async function fill({ asOwner, world }: RealStage, rows: number): Promise<void> {
  await asOwner(world.config.postgres.database, async (client) => {
    for (const table of TABLES) {
      await client.query(`CREATE TABLE ${table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text NOT NULL,
        customer text NOT NULL, note text NOT NULL, total numeric(14, 2) NOT NULL, placed_at timestamptz NOT NULL, extra jsonb NOT NULL)`);
      await client.query(
        `INSERT INTO ${table} (number, customer, note, total, placed_at, extra)
         SELECT 'O-' || lpad(n::text, 8, '0'), 'Customer ' || (n * 7919 % 50000),
                'Print ' || (n % 40) || ' pieces of bracket ' || md5((n % 9000)::text) || ', infill ' || (n % 7) * 10 || '%, '
                || (ARRAY['PLA', 'PETG', 'ABS', 'TPU'])[1 + n % 4] || ' in ' || md5((n * 31)::text),
                (n * 104729 % 1000000) / 100.0, timestamptz '2024-01-01' + n * interval '17 seconds',
                jsonb_build_object('spool', n % 300, 'printer', 'P' || n % 24, 'layers', n * 13 % 900, 'sliced', md5((n * 17)::text))
           FROM generate_series(1::bigint, $1::bigint) n`,
        [Math.ceil(rows / TABLES.length)],
      );
      await client.query(`CREATE INDEX ON ${table} (placed_at); CREATE INDEX ON ${table} (customer)`);
      await client.query(`VACUUM ANALYZE ${table}`);
    }
    await client.query("CHECKPOINT");
  });
}

const WAYS: Record<Way, (connection: Connection, password: string) => Promise<Figures>> = { ours, gzip: seed, custom };

/** Dump, books, checksums, manifest, all of it on the disk; not yet read through. */
async function ours(_connection: Connection, password: string): Promise<Figures> {
  const { clock } = stage.world;
  const backups = ourBackups(password);
  const id = newUlid(clock);
  const dumpMs = await measured(() => backups.create({ id, kind: "manual", run: null, version: "1.0.0", note: "" }, {}));
  const bytes = await folderBytes(stage.paths.backup(id));
  const restoreMs = await restoredInto(async (name) => {
    await stage.world.databases.fill({ name, foreign: false }, (login) => backups.load({ id, database: name, login }));
  });
  await backups.remove(id);
  return { dumpMs, bytes, restoreMs };
}

function ourBackups(password: string): ReturnType<typeof createBackups> {
  const { config, clock } = stage.world;
  const { host, port, owner, database, binaries } = config.postgres;
  return createBackups({
    paths: stage.paths,
    binaries,
    login: { host, port, user: owner, password },
    database,
    instanceKey: "of no instance",
    applicationName: "filaops-bench",
    clock,
  });
}

/** The seed's way: `pg_dump | gzip > file`, and `gunzip | psql`. */
async function seed({ binaries, words, env }: Connection): Promise<Figures> {
  const file = join(await scratch(), "dump.sql.gz");
  const { database } = stage.world.config.postgres;
  const plain = [...words, "--no-owner", "--no-privileges", database];
  const dumpMs = await measured(async () => {
    const gzip = spawnAttached("gzip", [], { env, stdio: ["pipe", "pipe", "inherit"] });
    const dump = spawnAttached(join(binaries, "pg_dump"), plain, { env, stdio: ["ignore", inputOf(gzip), "inherit"] });
    inputOf(gzip).destroy(); // it is pg_dump's now, and ends with it
    await Promise.all([pipeline(outputOf(gzip), createWriteStream(file, { flush: true })), well(dump), well(gzip)]);
  });
  const restoreMs = await restoredInto(async (name) => {
    const quiet = [...words, "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", name];
    const psql = spawnAttached(join(binaries, "psql"), quiet, { env, stdio: ["pipe", "ignore", "inherit"] });
    const gunzip = spawnAttached("gunzip", ["--stdout", file], { env, stdio: ["ignore", inputOf(psql), "inherit"] });
    inputOf(psql).destroy();
    await Promise.all([well(gunzip), well(psql)]);
  });
  const { size } = await stat(file);
  await remove(file);
  return { dumpMs, bytes: size, restoreMs };
}

function inputOf({ stdin, spawnfile }: ChildProcess): Writable {
  if (stdin === null) throw new Error(`${spawnfile} has no input`);
  return stdin;
}

function outputOf({ stdout, spawnfile }: ChildProcess): Readable {
  if (stdout === null) throw new Error(`${spawnfile} has no output`);
  return stdout;
}

async function custom({ binaries, words, env }: Connection): Promise<Figures> {
  const file = join(await scratch(), "dump.custom");
  const { database } = stage.world.config.postgres;
  const dumpMs = await measured(() =>
    run(join(binaries, "pg_dump"), [...words, "--format=custom", "--file", file, database], { env }),
  );
  const restoreMs = await restoredInto(async (name) => {
    await run(
      join(binaries, "pg_restore"),
      [...words, "--no-owner", "--no-privileges", "--exit-on-error", "--dbname", name, file],
      { env },
    );
  });
  const { size } = await stat(file);
  await remove(file);
  return { dumpMs, bytes: size, restoreMs };
}

/** What pg_dump takes for nothing but reading: what stands between that and us can be gained, and no more. In milliseconds. */
async function readingOut({ binaries, words, env }: Connection): Promise<number> {
  const folder = join(await scratch(), "dump.plain");
  const { database } = stage.world.config.postgres;
  const shape = ["--format=directory", "--compress=0", `--jobs=${availableParallelism()}`, "--no-sync"];
  const ms = await measured(() => run(join(binaries, "pg_dump"), [...words, ...shape, "--file", folder, database], { env }));
  await remove(folder);
  return ms;
}

/** How long an installation holds its readers when a restore switches over, as the run's own journal says. */
async function swapHold(): Promise<number> {
  const made = await startBackup(stage);
  await mustComplete(made);
  const { backup } = factsOf((await readRecord(stage.paths, made))?.journal ?? []);
  if (backup === undefined) throw new Error("the run made no backup");
  const restored = await startRestore(stage, backup);
  await mustComplete(restored);
  const journal = (await readRecord(stage.paths, restored))?.journal ?? [];
  const switched = journal.find((entry) => entry.type === "done" && entry.step === "switch");
  const held = /held for (\d+) ms/.exec(switched?.type === "done" ? (switched.detail ?? "") : "")?.[1];
  if (held === undefined) throw new Error("the run does not say how long it held readers");
  return Number(held);
}

async function mustComplete(id: string): Promise<void> {
  const outcome = await ended(stage, id);
  if (outcome !== "complete") throw new Error(`the run ended ${outcome}`);
}

/** Measures the work on a new database, which goes again. */
async function restoredInto(work: (name: string) => Promise<void>): Promise<number> {
  const { databases, config } = stage.world;
  const made = await databases.create("filaops_bench", await databases.settings(config.postgres.database));
  const ms = await measured(() => work(made.name));
  await databases.drop(made.oid);
  return ms;
}

async function measured(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function scratch(): Promise<string> {
  const folder = join(stage.paths.home, "bench");
  await mkdir(folder, { recursive: true });
  return folder;
}

async function well(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${code}`);
}

function medians(figures: readonly Figures[]): Figures {
  const middle = (of: (one: Figures) => number) => figures.map(of).toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
  return { dumpMs: middle((one) => one.dumpMs), bytes: middle((one) => one.bytes), restoreMs: middle((one) => one.restoreMs) };
}

const ratio = (a: number, b: number) => Math.round((a / b) * 100) / 100;
const seconds = (ms: number) => (ms / 1000).toFixed(1);
const megabytes = (bytes: number) => Math.round(bytes / 1e6);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main(stage);
} finally {
  await stage.close();
}
