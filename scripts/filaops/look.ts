import { openDriver } from "../../server/deployment/open-driver.ts";
import { AppError, toProblem } from "../../server/platform/errors.ts";
import { silentLog } from "../../server/platform/log.ts";
import type { ReleaseStatus } from "../../server/releases/contract.ts";
import { examine } from "../../server/updater/doctor.ts";
import type { Status } from "../../server/updates/contract.ts";
import { listHistory, openRun, readLog } from "../../server/updates/history.ts";
import { readInstallation } from "../../server/updates/installation.ts";
import { readRecords } from "../../server/updates/records.ts";
import { decisiveRun } from "../../server/updates/rules/kinds.ts";
import { pathWords, runName } from "../../server/updates/rules/run-words.ts";
import { deriveStatus } from "../../server/updates/rules/status.ts";
import { waitingForPerson } from "../../server/updates/settle.ts";
import { readStatus } from "../../server/updates/status-file.ts";
import type { Answer } from "./answer.ts";
import { EXIT, wordsOf } from "./answer.ts";
import { automaticText } from "./automatic.ts";
import type { Site } from "./site.ts";

/** What runs, how the last run stands, what is offered. All but the last comes from the disk, so it works when nothing else does. */
export async function status(site: Site): Promise<Answer> {
  const { version, schemaHead, since } = await readInstallation(site);
  const records = await readRecords(site.paths);
  const needsAttention = await waitingForPerson(site, records);
  const run = await lastStatus(site, decisiveRun(records));
  const { releases, automatic } = await site.updater.overview.query().then(
    (overview) => ({ releases: overview.releases, automatic: overview.automatic ?? null }),
    (error: unknown) => ({ releases: toProblem(error), automatic: null }),
  );
  const offered = "kind" in releases ? releaseText(releases) : releases.happened;
  const announced = automatic === null ? null : automaticText(automatic);
  return {
    text: [
      `FilaOps ${version} is installed, since ${local(since)}.`,
      ...(run === null ? [] : [runText(run)]),
      offered,
      ...(announced === null ? [] : [announced]),
    ],
    json: { installed: { version, schemaHead, since }, run, releases, automatic, needsAttention },
    exit: needsAttention === null ? EXIT.ok : EXIT.needsAttention,
  };
}

/** The status that the runner writes, if it is of the newest run; else the same from the journal. */
async function lastStatus(
  { paths, clock }: Site,
  last: Awaited<ReturnType<typeof readRecords>>[number] | undefined,
): Promise<Status | null> {
  if (last === undefined) return null;
  const written = await readStatus(paths).catch(() => null);
  if (written?.run === last.run) return written;
  return deriveStatus(last.plan, last.journal, { progress: null, now: clock.now() });
}

/** The log of a run, the newest unless told, from its journal on the disk. */
export async function log(site: Site, run: string | undefined): Promise<Answer> {
  const wanted = run ?? (await listHistory(site))[0]?.run;
  if (wanted === undefined) return { text: ["There was no run yet."], json: { run: null, lines: [] }, exit: EXIT.ok };
  const lines = await readLog(site.paths, wanted);
  return {
    text: [`Run ${wanted}`, ...lines.map(({ at, text }) => `${local(at)}  ${text}`)],
    json: { run: wanted, lines },
    exit: EXIT.ok,
  };
}

/** Asks the release feed now. */
export async function check(site: Site): Promise<Answer> {
  const releases = await site.updater.check.mutate();
  return { text: [releaseText(releases)], json: releases, exit: releases.kind === "unknown" ? EXIT.problem : EXIT.ok };
}

/** Looks at everything. */
export async function doctor(site: Site): Promise<Answer> {
  const items = await examine(site);
  const text = items.flatMap(({ check: name, ok, text: found, problem }) => [
    `${ok ? "ok     " : "PROBLEM"}  ${name}: ${found}`,
    ...(problem === null ? [] : [`         ${problem.todo}`]),
  ]);
  const needsAttention = items.some(({ problem }) => problem?.code === "needs-person-first");
  const bad = needsAttention ? EXIT.needsAttention : EXIT.problem;
  return { text, json: { items }, exit: items.every(({ ok }) => ok) ? EXIT.ok : bad };
}

/** What about the installation does not fit, and what to write or to type. Changes nothing. */
export async function adopt(site: Site): Promise<Answer> {
  const { config, paths } = site;
  if (config.driver === "native") {
    return { text: ["FilaOps runs without Docker here: there is nothing to adopt."], json: { misfits: [] }, exit: EXIT.ok };
  }
  const open = await openRun(paths);
  if (open !== null) throw new AppError("run-under-way", { run: open });
  const { slot, version, database } = await readInstallation(site);
  const misfits = await openDriver({ ...site, log: silentLog }).misfits({ slot, version, database: database.name });
  if (misfits.length === 0) return { text: ["Everything fits."], json: { misfits }, exit: EXIT.ok };
  const told = misfits.flatMap(({ what, meaning, todo }) => [`PROBLEM  ${what}`, `         ${meaning}`, `         ${todo}`]);
  return { text: [...told, "Nothing was changed."], json: { misfits }, exit: EXIT.problem };
}

function runText(run: Status): string {
  const what = runName(run);
  const step = run.steps.find(({ state }) => state === "running" || state === "undoing");
  if (run.outcome === null) {
    return `${what} is under way: ${Math.round(run.percent)} %${step === undefined ? "" : `, ${step.title}`}.`;
  }
  const ends = {
    complete: "is complete.",
    rolled_back: "did not work out; everything is as it was before.",
    failed: "did not begin; nothing was changed.",
    cancelled: "was cancelled; nothing was changed.",
    needs_attention: "needs a person.",
  };
  return [`${what} ${ends[run.outcome]}`, ...(run.problem === null ? [] : wordsOf(run.problem))].join(" ");
}

function releaseText(status: ReleaseStatus): string {
  if (status.kind === "unknown") {
    return `It is not known whether there is a newer version. ${status.problem.happened} ${status.problem.todo}`;
  }
  const stale = status.stale === null ? "" : ` (known since before; ${status.stale.problem.happened})`;
  const asked = `Checked ${local(status.checkedAt)}${stale}.`;
  return status.kind === "current"
    ? `This is the newest version. ${asked}`
    : `Version ${status.release.version} is available${wayText(status.path)}. ${asked}`;
}

function wayText(path: readonly string[]): string {
  return path.length > 1 ? ` (${pathWords(path)})` : "";
}

function local(instant: string): string {
  return new Date(instant).toLocaleString("sv-SE");
}
