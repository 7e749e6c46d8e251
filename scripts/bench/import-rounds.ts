import { join } from "node:path";
import { z } from "zod";
import { withConnection } from "../../server/databases/connect.ts";
import type { Login } from "../../server/databases/connect.ts";
import { baseEnv } from "../../server/platform/env.ts";
import { makeFolder, remove } from "../../server/platform/files.ts";
import { run } from "../../server/platform/process.ts";

/** The database that is imported into; its rows are the zip's, and are the same again afterwards. */
export type ImportTarget = {
  folder: string;
  /** Of PostgreSQL's programs. */
  binaries: string;
  database: string;
  logins: Record<"superuser" | "app", Login>;
  appUrl: string;
  schemaHead: string;
};

const measuredSchema = z.object({ rows: z.number(), previewMs: z.number(), ms: z.number(), peakMb: z.number() });
type Measured = z.infer<typeof measuredSchema>;

export type ImportFigures = { rows: number; rowsPerSecond: number; importVsCopy: number; peakMb: number };

/** In this order, for what refers to what. */
const TABLES = ["customers", "items", "orders", "order_lines"];

/**
 * Imports the zip into the emptied database, from the upload to the report, against `COPY … FROM` of the same rows into the same tables, as the same role, in
 * interleaved rounds of which the medians count.
 */
export async function importRounds(
  target: ImportTarget,
  { zip, rounds, say }: { zip: string; rounds: number; say: (line: string) => void },
): Promise<ImportFigures> {
  const [ours, copies]: [Measured[], number[]] = [[], []];
  for (const table of TABLES) await psql(target, `\\copy ${table} TO '${fileOf(target, table)}' (FORMAT csv)`);
  for (let round = 1; round <= rounds; round += 1) {
    await empty(target);
    const measured = await importOnce(target, zip);
    await empty(target);
    const copied = await copyOnce(target);
    ours.push(measured);
    copies.push(copied);
    const { rows, ms, previewMs, peakMb } = measured;
    say(
      `${count(rows)} rows, round ${round}: import ${seconds(ms)} s (of it preview ${seconds(previewMs)} s), ${count((rows / ms) * 1000)} rows/s, ` +
        `at most ${peakMb} MB of memory; COPY ${seconds(copied)} s, ${count((rows / copied) * 1000)} rows/s`,
    );
  }
  for (const table of TABLES) await remove(fileOf(target, table));
  const [ms, copyMs] = [median(ours.map((each) => each.ms)), median(copies)];
  const rows = ours[0]?.rows ?? 0;
  return {
    rows,
    rowsPerSecond: Math.round((rows / ms) * 1000),
    importVsCopy: Math.round((ms / copyMs) * 100) / 100,
    peakMb: Math.max(...ours.map((each) => each.peakMb)),
  };
}

async function importOnce({ folder, appUrl, schemaHead }: ImportTarget, zip: string): Promise<Measured> {
  const imports = join(folder, "imports");
  await makeFolder(imports);
  const env = {
    ...baseEnv(),
    ...{ FILAOPS_DATABASE_URL: appUrl, FILAOPS_BENCH_HEAD: schemaHead, FILAOPS_IMPORTS: imports, FILAOPS_BENCH_ZIP: zip },
  };
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "import-process.ts")], { env, timeoutMs: 3_600_000 });
  await remove(imports);
  return measuredSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
}

async function copyOnce(target: ImportTarget): Promise<number> {
  const begun = performance.now();
  const copies = TABLES.map((table) => `\\copy ${table} FROM '${fileOf(target, table)}' (FORMAT csv)`);
  await psql(target, ...copies);
  return performance.now() - begun;
}

async function empty({ logins, database }: ImportTarget): Promise<void> {
  await withConnection(logins.superuser, { database, applicationName: "filaops-bench" }, async (client) => {
    await client.query("TRUNCATE customers, items, orders, order_lines, order_attachments");
    await client.query("CHECKPOINT");
  });
}

async function psql({ binaries, logins, database }: ImportTarget, ...commands: string[]): Promise<void> {
  const { host, port, user, password } = logins.app;
  const where = ["--host", host, "--port", String(port), "--username", user, "--no-password", "--no-psqlrc", "--quiet"];
  const words = [...where, "--set", "ON_ERROR_STOP=1", "--single-transaction", "--dbname", database];
  const env = { ...baseEnv(), PGPASSWORD: password };
  await run(join(binaries, "psql"), [...words, ...commands.flatMap((command) => ["--command", command])], {
    env,
    timeoutMs: 3_600_000,
  });
}

function fileOf({ folder }: ImportTarget, table: string): string {
  return join(folder, `${table}.copy`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const seconds = (ms: number) => (ms / 1000).toFixed(2);
const count = (value: number) => Math.round(value).toLocaleString("en-GB");
