import type { Plan } from "../../server/updates/contract.ts";
import { beginning } from "../../server/updates/rules/run-words.ts";

/** A plan in words: what will happen, what stands in the way, how long it takes, what would be lost and for how many days it can be brought back. */
export function planText(plan: Plan, undoDays: number): string[] {
  const marks = { ok: "ok      ", warning: "warning ", blocker: "PROBLEM " };
  const findings = plan.findings.map(
    ({ level, title, problem }) => `  ${marks[level]} ${title}${problem === null ? "" : `: ${problem.happened} ${problem.todo}`}`,
  );
  return [`${beginning(plan)}.`, ...findings, ...lostText(plan, undoDays).map((line) => `  ${line}`), `  ${estimateText(plan)}`];
}

export function isBlocked(plan: Plan): boolean {
  return plan.findings.some(({ level }) => level === "blocker");
}

/** What the question before a plan is begun asks. */
export function questionOf({ kind, to, undoes }: Plan): string {
  if (kind === "restore") return "Restore this backup in place of what is there now?";
  if (kind === "undo") return undoes?.kind === "restore" ? "Undo the restore?" : `Go back to ${to}?`;
  return `Update to ${to}?`;
}

function lostText({ kind, undoes, backup, endsSessions }: Plan, undoDays: number): string[] {
  const changes = undoes?.lost ?? backup?.lost ?? null;
  if (changes === null) return [];
  const lost = changes.tables.filter(({ added, changed, removed }) => added + changed + removed > 0);
  const by = kind === "restore" ? "the restore" : "going back";
  return [
    ...(lost.length === 0 ? ["Nothing was entered since; nothing would be lost."] : [`Entered since, and set aside by ${by}:`]),
    ...lost.map(({ table, added, changed, removed }) => `  ${table}: ${added} added, ${changed} changed, ${removed} removed`),
    ...(kind === "restore"
      ? [`What is there now is kept for ${undoDays} days; until then \`filaops undo\` brings it back.`]
      : []),
    ...(endsSessions ? ["Everybody is signed out, and signs in with the password of that time."] : []),
  ];
}

function estimateText({ estimate, kind }: Plan): string {
  const about = (ms: number) => `about ${Math.max(1, Math.round(ms / 1000))} seconds`;
  if (estimate.basis === "none" || estimate.totalMs === null) {
    const what = { undo: "going back", restore: "a restore" } as const;
    return `It was not measured here yet how long ${kind === "undo" || kind === "restore" ? what[kind] : "an update"} takes.`;
  }
  const pause = estimate.pauseMs === null ? "" : `, saving pauses for ${about(estimate.pauseMs)}`;
  return `It takes ${about(estimate.totalMs)}${pause} (from earlier runs here).`;
}
