import { randomInt } from "node:crypto";
import type { Version } from "../../server/platform/contract.ts";
import { AppError } from "../../server/platform/errors.ts";
import { newUlid } from "../../server/platform/ids.ts";
import type { Plan } from "../../server/updates/contract.ts";
import { readChain } from "../../server/updates/chain.ts";
import { listHistory, openRun } from "../../server/updates/history.ts";
import { readRecord } from "../../server/updates/records.ts";
import type { Answer } from "./answer.ts";
import { EXIT } from "./answer.ts";
import { follow } from "./follow.ts";
import { followPath } from "./follow-path.ts";
import { isBlocked, planText, questionOf } from "./plan-text.ts";
import type { Site } from "./site.ts";

/** Nobody is there to be asked, and `--yes` was not said. */
const UNCONFIRMED: Answer = {
  text: ["There is nobody to ask here. Say --yes to go ahead without a question."],
  json: { problem: { code: "unconfirmed" } },
  exit: EXIT.usage,
};
const UNNAMED: Answer = {
  text: ["There is nobody to ask here. Say --farm-name and the name of the farm to go ahead without a question."],
  json: { problem: { code: "unconfirmed" } },
  exit: EXIT.usage,
};
const BREAKING: Answer = {
  text: ["There is nobody to ask here. Say --breaking when you know what changes; --yes is not enough for that."],
  json: { problem: { code: "unconfirmed-breaking" } },
  exit: EXIT.usage,
};
const DECLINED: Answer = { text: ["Nothing was changed."], json: { run: null }, exit: EXIT.ok };

/** Plans the update, to the offered version unless told, and shows it. Changes nothing. */
export async function plan(site: Site, version: Version | undefined): Promise<Answer> {
  const made = await planTo(site, version);
  if (made === null) return noneOffered();
  return { text: planText(made, site.config.undoDays), json: made, exit: isBlocked(made) ? EXIT.problem : EXIT.ok };
}

export type UpdateFlags = {
  version: Version | undefined;
  yes: boolean;
  /** Whoever says so knows what a breaking update breaks. */
  breaking: boolean;
};

/**
 * Updates, to the offered version unless told, and follows the run to its end; over required stops, all runs of the way. An update to the same version that
 * is under way is joined.
 */
export async function update(site: Site, wanted: UpdateFlags): Promise<Answer> {
  const open = await openRun(site.paths);
  if (open !== null) {
    const plan = (await readRecord(site.paths, open))?.plan;
    const leadsTo = plan?.kind === "update" ? [plan.to, plan.chain?.path.at(-1)] : [];
    const same = wanted.version === undefined ? leadsTo.length > 0 : leadsTo.includes(wanted.version);
    return same ? followPath(site, open) : busy(open);
  }
  const made = await planTo(site, wanted.version);
  if (made === null) return noneOffered();
  const sure = made.breaking === null ? wanted.yes : wanted.breaking;
  return begin(site, made, { sure, unasked: made.breaking === null ? UNCONFIRMED : BREAKING });
}

/**
 * Begins with a version and an empty database, after it was said what is set aside, and follows the run to its end. The farm's name is typed, or said by a script;
 * the update service compares it.
 */
export async function startFresh(site: Site, wanted: { version: Version; farmName: string | null }): Promise<Answer> {
  const open = await openRun(site.paths);
  if (open !== null) return busy(open);
  const made = await site.updater.planFresh.mutate({ version: wanted.version });
  planText(made, site.config.undoDays).forEach(site.say);
  if (isBlocked(made)) return { text: ["Nothing was changed."], json: made, exit: EXIT.problem };
  const farmName = wanted.farmName ?? (await site.ask?.(questionOf(made)));
  if (farmName === undefined) return UNNAMED;
  if (farmName === "") return DECLINED;
  const start = { version: wanted.version, plan: made.id, farmName, idempotencyKey: newUlid(site.clock) };
  const { run } = await site.updater.startFresh.mutate(start);
  return followAloud(site, run);
}

/** Takes back a run, the one that can be undone unless told, and follows it to its end. */
export async function undo(site: Site, wanted: { run: string | undefined; yes: boolean }): Promise<Answer> {
  const open = await openRun(site.paths);
  if (open !== null) return busy(open);
  const run = wanted.run ?? (await listHistory(site)).find(({ undoableUntil }) => undoableUntil !== null)?.run;
  if (run === undefined) {
    throw new AppError("nothing-to-undo", { reason: "there is no update, restore or fresh start that could be undone." });
  }
  return startPlan(site, await site.updater.planUndo.mutate({ run }), wanted.yes);
}

/** Cancels the run that is under way, as long as nothing was changed by it. */
export async function cancel(site: Site): Promise<Answer> {
  const open = await openRun(site.paths);
  const path = await readChain(site.paths);
  if (open === null && path?.state === "next") {
    await site.updater.cancel.mutate({ run: path.run });
    return followPath(site, path.run, { told: true });
  }
  if (open === null) return { text: ["No run is under way."], json: { run: null }, exit: EXIT.problem };
  await site.updater.cancel.mutate({ run: open });
  return follow(site, open);
}

/** After a run that needed a person: makes everything as the journals say. */
export async function settle(site: Site): Promise<Answer> {
  await site.updater.settle.mutate();
  return { text: ["Everything is as the journals say, and the next run may begin."], json: { settled: true }, exit: EXIT.ok };
}

/** Sets a new password, the given one or one that is made here and shown this once. */
export async function resetPassword(site: Site, wanted: { email: string; password: string | null }): Promise<Answer> {
  const password = wanted.password ?? makePassword();
  const user = await site.updater.resetPassword.mutate({ email: wanted.email, password });
  const shown = wanted.password === null ? { password } : {};
  return {
    text: [
      `${user.name} (${user.email}) has a new password${wanted.password === null ? `: ${password}` : "."}`,
      "All sessions of this account have ended. Sign in with it, then choose another under Settings → Account.",
    ],
    json: { ...user, ...shown },
    exit: EXIT.ok,
  };
}

async function planTo(site: Site, version: Version | undefined): Promise<Plan | null> {
  if (version !== undefined) return site.updater.planUpdate.mutate({ version });
  const releases = await site.updater.check.mutate();
  if (releases.kind === "unknown") throw AppError.reported(releases.problem);
  return releases.kind === "current" ? null : site.updater.planUpdate.mutate({ version: releases.release.version });
}

/** Shows a plan, asks unless `yes`, starts it and follows the run to its end. */
export function startPlan(site: Site, made: Plan, yes: boolean): Promise<Answer> {
  return begin(site, made, { sure: yes, unasked: UNCONFIRMED });
}

async function begin(site: Site, made: Plan, { sure, unasked }: { sure: boolean; unasked: Answer }): Promise<Answer> {
  planText(made, site.config.undoDays).forEach(site.say);
  if (isBlocked(made)) return { text: ["Nothing was changed."], json: made, exit: EXIT.problem };
  if (!sure) {
    if (site.confirm === null) return unasked;
    if (!(await site.confirm(questionOf(made)))) return DECLINED;
  }
  const accepted = made.breaking === null ? {} : { acceptBreaking: true };
  const { run } = await site.updater.start.mutate({ plan: made.id, idempotencyKey: newUlid(site.clock), ...accepted });
  return followAloud(site, run);
}

function followAloud(site: Site, run: string): Promise<Answer> {
  site.say("You may press Ctrl-C; the run goes on without this window.");
  return followPath(site, run);
}

function noneOffered(): Answer {
  return { text: ["This is the newest version."], json: { run: null }, exit: EXIT.ok };
}

/** Something else is under way, which says how far it is. */
export function busy(run: string): Answer {
  return { text: [`Another run is under way; \`filaops log ${run}\` says how far it is.`], json: { run }, exit: EXIT.busy };
}

/** 25 letters and digits that are not mistaken for others, in groups: some 120 bits. */
function makePassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join("");
  return Array.from({ length: 5 }, group).join("-");
}
