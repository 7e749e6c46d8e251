import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { readHandover } from "../../server/deployment/handover.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { isAppError } from "../../server/platform/errors.ts";
import { readRecords } from "../../server/updates/records.ts";
import type { RunFigures } from "./figures.ts";
import { brokenPromises, figuresOf } from "./figures.ts";
import { startLoad } from "./load.ts";
import { BROKEN, GOOD } from "./publish.ts";
import { signIn } from "./session.ts";
import type { Stage, StageOptions } from "./stage.ts";

/** How long gate and updater may take to be replaced, in milliseconds. */
const HANDOVER_MS = 180_000;

export type OpenStage = (options: StageOptions) => Promise<Stage>;

/**
 * The promise, tried: an installation in a temporary folder updates to the good release and meets each broken one, with people at work all the
 * time. Prints what it does, and at last one JSON line. Returns whether all promises were kept.
 */
export async function checkDemo(open: OpenStage, say: (text: string) => void): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "filaops-check-"));
  // As root, PostgreSQL runs as a user of its own, who must be let through to its data.
  await chmod(folder, 0o755);
  try {
    const stage = await open({ folder, seeded: true, published: [], say, temporary: true });
    try {
      return await checkStage(stage, say);
    } finally {
      await stage.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkStage(stage: Stage, say: (text: string) => void): Promise<boolean> {
  const runs: RunFigures[] = [];
  const broken: string[] = [];
  for (const version of [GOOD, ...BROKEN]) {
    say(`Updating to ${version}, with people at work …`);
    const { figures, strangeWrites, failures } = await meet(stage, version);
    runs.push(figures);
    say(JSON.stringify(figures));
    for (const failure of failures) say(`  a read that failed: ${failure}`);
    // 1.6.0 falls over under people's reads, which wait until it is clear which side answers them.
    const longestReadMs = version === "1.6.0" ? 6000 : 2000;
    const outcome = version === GOOD ? "complete" : "rolled_back";
    broken.push(...brokenPromises(figures, { outcome, longestReadMs, strangeWrites }));
  }
  for (const sentence of broken) say(`NOT KEPT: ${sentence}`);
  say(JSON.stringify({ runs, ok: broken.length === 0 }));
  return broken.length === 0;
}

async function meet(stage: Stage, version: string) {
  stage.feed.publish(version);
  const load = startLoad({ base: stage.url, cookies: await signIn(stage.url, stage.signIn) });
  await load.warm;
  await update(stage, version);
  if (version === GOOD) await handedOver(stage, version);
  const { reads, writes } = await load.end();
  stage.feed.withdraw(version);
  const saved = writes.flatMap((answer) => answer.saved ?? []);
  const record = (await readRecords(stage.paths)).at(-1);
  const journal = record?.plan.to === version ? record.journal : [];
  const outcome = journal.find((entry) => entry.type === "finished")?.outcome ?? null;
  const strangeWrites = writes.flatMap((answer) => (answer.kind === "failed" ? [answer.what ?? ""] : []));
  const failures = reads.flatMap((answer) => (answer.kind === "failed" ? [answer.what ?? ""] : [])).slice(0, 5);
  return {
    figures: figuresOf({ to: version, outcome, reads, writes, lost: await countLost(stage, saved), journal }),
    strangeWrites,
    failures,
  };
}

/** Updates by the command line, which ends when the run has ended, whichever way. */
async function update({ filaops }: Stage, version: string): Promise<void> {
  await filaops(["check", "--json"]);
  try {
    await filaops(["update", version, "--yes", "--json"]);
  } catch (error) {
    // An update that did not work out ends with an exit code of its own; how it ended is read from the journal.
    if (!isAppError(error, "program-failed")) throw error;
    process.stderr.write(`${error.message.slice(-600)}\n`);
  }
}

/** Gate and updater follow the app while people work: what they do not get then counts too. */
async function handedOver({ paths }: Stage, version: string): Promise<void> {
  const deadline = systemClock.monotonic() + HANDOVER_MS;
  for (;;) {
    const last = await readHandover(paths);
    if (last?.version === version && last.state === "done") return;
    if (last?.state === "failed" || systemClock.monotonic() > deadline) {
      throw new Error(`gate and updater were not handed over to ${version}: ${JSON.stringify(last)}`);
    }
    await systemClock.sleep(100);
  }
}

async function countLost(stage: Stage, saved: readonly string[]): Promise<number> {
  const client = new Client({ connectionString: await stage.ownerUrl() });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; times: string }>(
      "SELECT name, count(*)::text AS times FROM customers WHERE name = ANY($1) GROUP BY name",
      [saved],
    );
    const twice = rows.filter((row) => row.times !== "1").length;
    return saved.length - rows.length + twice;
  } finally {
    await client.end();
  }
}
