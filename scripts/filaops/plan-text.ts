import type { Plan } from "../../server/updates/contract.ts";
import { beginning, pathWords } from "../../server/updates/rules/run-words.ts";

/** A plan in words: what will happen, what stands in the way, how long it takes, what would be lost and for how many days it can be brought back. */
export function planText(plan: Plan, undoDays: number): string[] {
  const marks = { ok: "ok      ", warning: "warning ", blocker: "PROBLEM " };
  const findings = plan.findings.map(
    ({ level, title, problem }) => `  ${marks[level]} ${title}${problem === null ? "" : `: ${problem.happened} ${problem.todo}`}`,
  );
  const about = [...pathText(plan), ...breakingText(plan), ...freshText(plan), ...lostText(plan, undoDays), estimateText(plan)];
  return [`${beginning(plan)}.`, ...findings, ...about.map((line) => `  ${line}`)];
}

function pathText({ chain }: Plan): string[] {
  if (chain === null) return [];
  return [
    `The way goes over ${chain.path.length} versions: ${pathWords(chain.path)}. Each is an update of its own, with a backup, and with a way back.`,
    "Should a later one not work out, FilaOps stays on the one before. How long it takes is known only when it begins.",
  ];
}

/** Every change in words, by the version that makes it. What comes from a release is shown without what a terminal would obey. */
function breakingText({ breaking }: Plan): string[] {
  if (breaking === null) return [];
  const changes = breaking.releases.flatMap(({ version, changes: listed }) => [
    ...(listed.length === 0 ? [`${version} is a new major version; it lists no changes that you have to know of.`] : []),
    ...listed.flatMap(({ title, detail, action, url }) => [
      `${version}: ${title}`,
      `  ${detail}`,
      ...(action === undefined ? [] : [`  What to do: ${action}`]),
      ...(url === undefined ? [] : [`  More: ${url}`]),
    ]),
  ]);
  return changes.length === 0 ? [] : ["What changes:", ...changes.map((line) => `  ${plain(line)}`)];
}

function plain(text: string): string {
  return text.replace(/\s+/gu, (space) => (/^ +$/u.test(space) ? space : " ")).replace(/\p{C}/gu, "");
}

export function isBlocked(plan: Plan): boolean {
  return plan.findings.some(({ level }) => level === "blocker");
}

/** What the question before a plan is begun asks. */
export function questionOf({ kind, to, undoes, chain, breaking }: Plan): string {
  if (kind === "restore") return "Restore this backup in place of what is there now?";
  if (kind === "start_fresh") {
    return `To start fresh with ${to}, type the name of your farm; to leave everything as it is, nothing:`;
  }
  if (kind === "undo") return undoQuestion(to, undoes);
  const target = chain?.path.at(-1) ?? to;
  return breaking === null ? `Update to ${target}?` : `Update to ${target}, with the changes above?`;
}

function undoQuestion(to: string, undoes: Plan["undoes"]): string {
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
