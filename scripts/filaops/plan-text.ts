import type { Plan } from "../../server/updates/contract.ts";
import { beginning } from "../../server/updates/rules/run-words.ts";

/** A plan in words: what will happen, what stands in the way, how long it takes, what would be lost and for how many days it can be brought back. */
export function planText(plan: Plan, undoDays: number): string[] {
  const marks = { ok: "ok      ", warning: "warning ", blocker: "PROBLEM " };
  const findings = plan.findings.map(
    ({ level, title, problem }) => `  ${marks[level]} ${title}${problem === null ? "" : `: ${problem.happened} ${problem.todo}`}`,
  );
  return [
    `${beginning(plan)}.`,
    ...findings,
    ...[...freshText(plan), ...lostText(plan, undoDays)].map((line) => `  ${line}`),
    `  ${estimateText(plan)}`,
  ];
}

export function isBlocked(plan: Plan): boolean {
  return plan.findings.some(({ level }) => level === "blocker");
}

/** What the question before a plan is begun asks. */
export function questionOf({ kind, to, undoes }: Plan): string {
  if (kind === "restore") return "Restore this backup in place of what is there now?";
  if (kind === "start_fresh") {
    return `To start fresh with ${to}, type the name of your farm; to leave everything as it is, nothing:`;
  }
  if (kind !== "undo") return `Update to ${to}?`;
  if (undoes?.kind === "start_fresh") return "Undo the fresh start?";
  return undoes?.kind === "restore" ? "Undo the restore?" : `Go back to ${to}?`;
}

function freshText({ fresh, to }: Plan): string[] {
  if (fresh === null) return [];
  const rows = fresh.books.tables.filter((table) => table.rows > 0).map((table) => `  ${table.table}: ${table.rows}`);
  return [
    `${to} begins with an empty database. Owners keep their accounts and passwords, and the farm its settings. Set aside:`,
    ...rows,
    `It is kept for ${fresh.keptDays} days; until then \`filaops undo\` brings it back.`,
    fresh.lastExportAt === null ? "There is no export of it here." : `It was last exported ${fresh.lastExportAt}.`,
    "Everybody is signed out. Numbers of orders and customers go on where they are.",
  ];
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
    const what: Partial<Record<Plan["kind"], string>> = {
      undo: "going back",
      restore: "a restore",
      start_fresh: "a fresh start",
    };
    return `It was not measured here yet how long ${what[kind] ?? "an update"} takes.`;
  }
  const pause = estimate.pauseMs === null ? "" : `, saving pauses for ${about(estimate.pauseMs)}`;
  return `It takes ${about(estimate.totalMs)}${pause} (from earlier runs here).`;
}
