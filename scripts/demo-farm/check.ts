import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { readBooks } from "../../server/databases/books.ts";
import { readHandover } from "../../server/deployment/handover.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { isAppError, toProblem } from "../../server/platform/errors.ts";
import { readRecords } from "../../server/updates/records.ts";
import type { Measured, RunFigures, Seen } from "./figures.ts";
import { bookDifferences, brokenPromises, faultOf, figuresOf } from "./figures.ts";
import type { LoadAnswer } from "./load-contract.ts";
import { startLoad } from "./load.ts";
import type { BROKEN } from "./publish.ts";
import { FAULTS, FIRST, GOOD } from "./publish.ts";
import { signIn } from "./session.ts";
import type { Stage, StageOptions } from "./stage.ts";

/** How long gate and updater may take to be replaced, in milliseconds. */
const HANDOVER_MS = 180_000;

export type OpenStage = (options: StageOptions) => Promise<Stage>;

/**
 * The promise, tried: an installation in a temporary folder updates to the good release and meets each broken one, with people at work all the
 * time. Prints what it does, and as its last line, whatever happens, one JSON object. Returns whether all promises were kept.
 */
export async function checkDemo(open: OpenStage, { say, ending, broken: releases }: Omit<Report, "runs">): Promise<boolean> {
  const runs: RunFigures[] = [];
  const broken = await checkInFolder(open, { runs, say, ending, broken: releases }).catch((error: unknown) => {
    if (ending.aborted) return ["it was ended before it was through"];
    const { happened, meaning, todo } = toProblem(error);
    return [`it came to no end: ${happened} ${meaning} ${todo}`];
  });
  for (const sentence of broken) say(`NOT KEPT: ${sentence}`);
  const ok = broken.length === 0;
  say(JSON.stringify({ runs, ok }));
  return ok;
}

/** Where a check puts its figures as they come, and says what it does; and what ends it before its time. */
type Report = {
  runs: RunFigures[];
  say: (text: string) => void;
  ending: AbortSignal;
  /** Which of the broken releases are met, in this order. */
  broken: readonly (typeof BROKEN)[number][];
};

async function checkInFolder(open: OpenStage, report: Report): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "filaops-check-"));
  // As root, PostgreSQL runs as a user of its own, who must be let through to its data.
  await chmod(folder, 0o755);
  try {
    const { say, ending, broken } = report;
    const versions = [FIRST, GOOD, ...broken];
    const stage = await open({ ...{ folder, say, ending, versions }, seeded: true, published: [], temporary: true });
    try {
      return await checkStage(stage, report);
    } finally {
      await stage.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkStage(stage: Stage, { runs, say, ending, broken: releases }: Report): Promise<string[]> {
  const broken: string[] = [];
  for (const version of [GOOD, ...releases] as const) {
    ending.throwIfAborted();
    say(`Updating to ${version}, with people at work …`);
    const { measured, seen, failures } = await meet(stage, version);
    const figures = figuresOf(measured);
    runs.push(figures);
    say(JSON.stringify(figures));
    for (const failure of failures) say(`  a read that failed: ${failure}`);
    for (const difference of bookDifferences(measured)) say(`  in the books: ${difference}`);
    // 1.6.0 falls over under people's reads, which wait until it is clear which side answers them.
    const longestReadMs = version === "1.6.0" ? 6000 : 2000;
    broken.push(...brokenPromises(figures, seen, { longestReadMs, fault: version === GOOD ? null : FAULTS[version] }));
  }
  return [...broken, ...(await blockedAfter(stage, releases.at(-1) ?? GOOD))];
}

async function meet(stage: Stage, version: string): Promise<{ measured: Measured; seen: Seen; failures: string[] }> {
  const { reads, writes } = await updateUnderLoad(stage, version);
  const last = (await readRecords(stage.paths)).at(-1);
  const record = last?.plan.to === version ? last : null;
  const journal = record?.journal ?? [];
  const saved = writes.flatMap((answer) => answer.saved ?? []);
  const { lost, booksNow } = await withOwner(stage, async (client) => ({
    lost: await countLost(client, saved),
    booksNow: await readBooks(client),
  }));
  const outcome = journal.find((entry) => entry.type === "finished")?.outcome ?? null;
  const declared = record?.plan.release?.manifest.totals.changed ?? [];
  return {
    measured: { to: version, outcome, reads, writes, lost, journal, booksNow, declared },
    seen: { fault: faultOf(journal), strangeWrites: failedOf(writes) },
    failures: failedOf(reads).slice(0, 5),
  };
}

async function updateUnderLoad(stage: Stage, version: string) {
  stage.feed.publish(version);
  const load = startLoad({ base: stage.url, cookies: await signIn(stage.url, stage.signIn) });
  try {
    await load.warm;
    await update(stage, version);
    if (version === GOOD) await handedOver(stage, version);
  } catch (error) {
    await load.end();
    throw error;
  }
  stage.feed.withdraw(version);
  return load.end();
}

function failedOf(answers: readonly LoadAnswer[]): string[] {
  return answers.flatMap((answer) => (answer.kind === "failed" ? [answer.what ?? ""] : []));
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

/**
 * What stands in the way of the next update when all broken releases were met, as sentences. Asking for the last of them by its version is the
 * explicit wish to try it again, so that its plan must be without a blocker; the doctor must find all well.
 */
async function blockedAfter({ feed, filaops }: Stage, last: string): Promise<string[]> {
  feed.publish(last);
  const broken: string[] = [];
  for (const args of [["check"], ["plan", last], ["doctor"]]) {
    await filaops([...args, "--json"]).catch((error: unknown) => {
      broken.push(`after all of them, \`filaops ${args.join(" ")}\`: ${toProblem(error).happened.slice(-600)}`);
    });
  }
  return broken;
}

async function withOwner<T>(stage: Stage, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: await stage.ownerUrl() });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function countLost(client: Client, saved: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ name: string; times: string }>(
    "SELECT name, count(*)::text AS times FROM customers WHERE name = ANY($1) GROUP BY name",
    [saved],
  );
  const twice = rows.filter((row) => row.times !== "1").length;
  return saved.length - rows.length + twice;
}
