import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { ENTITIES } from "../../server/exchange/rules/columns.ts";
import { SELECTS } from "../../server/exports/rules/selects.ts";
import { placesOf } from "../../server/exports/store.ts";
import { baseEnv } from "../../server/platform/env.ts";
import { remove } from "../../server/platform/files.ts";
import { run, spawnAttached } from "../../server/platform/process.ts";
import type { BenchFarm } from "./bench-farm.ts";
import { openBenchFarm } from "./bench-farm.ts";
import type { ImportFigures } from "./import-rounds.ts";
import { importRounds } from "./import-rounds.ts";

/**
 * `npm run bench:export [-- --rounds N] [-- --most N]`: an export against `COPY … TO` of the same rows in the same order, and its import against `COPY … FROM`, with
 * 10,000, 100,000 and 1,000,000 orders, in interleaved rounds of which the medians count, and how much memory each takes at most. A PostgreSQL of its own; needs some 3 GB of disk.
 * The last line is one JSON object.
 */
const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, most: { type: "string", default: "1000000" } },
});

const SIZES = [10_000, 100_000, 1_000_000].filter((size) => size <= Number(flags.most));
/** At least so many rows are exported before the memory of a process is looked at. */
const ROWS_A_PROCESS = 500_000;
const COPIED = ENTITIES.filter((entity) => ["customers", "items", "orders", "order_lines"].includes(entity));

const madeSchema = z.object({ id: z.string(), ms: z.number(), rows: z.number(), bytes: z.number(), peakMb: z.number() });
type Made = z.infer<typeof madeSchema>;
/** `zip`: where the last export lies, until the next one is made. */
type Figures = { rows: number; exportVsCopy: number; peakMb: number; zip: string };

async function main(farm: BenchFarm): Promise<void> {
  say(`PostgreSQL ${farm.major}, Node ${process.version}`);
  const found: (Figures & { imported: ImportFigures })[] = [];
  for (const orders of SIZES) {
    const rows = await farm.growTo(orders);
    const figures = await exportRounds(farm, { orders, rows });
    const imported = await importRounds(farm, { zip: figures.zip, rounds: Number(flags.rounds), say });
    found.push({ ...figures, imported });
  }
  const [smallest, largest] = [found[0], found.at(-1)];
  if (smallest === undefined || largest === undefined) throw new Error("nothing was measured");
  say(
    JSON.stringify({
      rows: largest.rows,
      exportVsCopy: largest.exportVsCopy,
      importVsCopy: largest.imported.importVsCopy,
      peakMb10k: Math.max(smallest.peakMb, smallest.imported.peakMb),
      peakMb1m: Math.max(largest.peakMb, largest.imported.peakMb),
    }),
  );
}

async function exportRounds(farm: BenchFarm, { orders, rows }: { orders: number; rows: number }): Promise<Figures> {
  const [ours, copies]: [Made[], number[]] = [[], []];
  for (let round = 1; round <= Number(flags.rounds); round += 1) {
    await remove(join(farm.folder, "exports"));
    const made = await exportOnce(farm, rows);
    if (made.rows !== rows) throw new Error(`${made.rows} rows were exported, of ${rows}`);
    const copied = await copyOnce(farm);
    ours.push(made);
    copies.push(copied.ms);
    say(
      `${count(orders)} orders, round ${round}: export ${seconds(made.ms)} s, ${count((rows / made.ms) * 1000)} rows/s, ${megabytes(made.bytes)} MB, ` +
        `at most ${made.peakMb} MB of memory; COPY ${seconds(copied.ms)} s, ${count((rows / copied.ms) * 1000)} rows/s, ${megabytes(copied.bytes)} MB`,
    );
  }
  return {
    rows,
    exportVsCopy: ratio(median(ours.map(({ ms }) => ms)), median(copies)),
    peakMb: Math.max(...ours.map(({ peakMb }) => peakMb)),
    zip: placesOf(join(farm.folder, "exports"), ours.at(-1)?.id ?? "").zip,
  };
}

/**
 * As the web makes it: from the database to the flushed zip. A small one is made several times: the memory that Node lets grow before it looks for garbage would
 * otherwise be that of its start.
 */
async function exportOnce({ folder, appUrl, schemaHead }: BenchFarm, rows: number): Promise<Made> {
  const env = {
    ...baseEnv(),
    ...{ FILAOPS_DATABASE_URL: appUrl, FILAOPS_BENCH_HEAD: schemaHead, FILAOPS_EXPORTS: join(folder, "exports") },
    FILAOPS_BENCH_TIMES: String(Math.ceil(ROWS_A_PROCESS / rows)),
  };
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "export-process.ts")], { env, timeoutMs: 600_000 });
  return madeSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
}

/** The same rows by `psql`, each entity into a file of its own, as CSV with a header; not packed, and flushed. */
async function copyOnce({ folder, binaries, logins, database }: BenchFarm): Promise<{ ms: number; bytes: number }> {
  const { host, port, user, password } = logins.app;
  const env = { ...baseEnv(), PGPASSWORD: password };
  const words = ["--host", host, "--port", String(port), "--username", user, "--no-password", "--no-psqlrc", "--quiet", database];
  const begun = performance.now();
  let bytes = 0;
  for (const entity of COPIED) {
    const file = join(folder, `${entity}.csv`);
    const copy = `COPY (${SELECTS[entity]}) TO STDOUT (FORMAT csv, HEADER)`;
    const psql = spawnAttached(join(binaries, "psql"), [...words, "--command", copy], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (psql.stdout === null) throw new Error("psql has no output");
    await pipeline(psql.stdout, createWriteStream(file, { flush: true }));
    bytes += (await stat(file)).size;
  }
  const ms = performance.now() - begun;
  for (const entity of COPIED) await remove(join(folder, `${entity}.csv`));
  return { ms, bytes };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const ratio = (a: number, b: number) => Math.round((a / b) * 100) / 100;
const seconds = (ms: number) => (ms / 1000).toFixed(2);
const megabytes = (bytes: number) => Math.round(bytes / 1e6);
const count = (value: number) => Math.round(value).toLocaleString("en-GB");

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const farm = await openBenchFarm();
try {
  await main(farm);
} finally {
  await farm.close();
}
