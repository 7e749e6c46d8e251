import type { Problem } from "../../server/platform/contract.ts";
import type { Outcome } from "../../server/updates/contract.ts";

/** What the exit code says; documented in `filaops --help`, and a promise to scripts. */
export const EXIT = { ok: 0, problem: 1, usage: 2, needsAttention: 3, busy: 75 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command has to say: to a person, to a script (`--json`), and to the shell. */
export type Answer = { text: readonly string[]; json: object; exit: ExitCode };

export function exitOfOutcome(outcome: Outcome): ExitCode {
  if (outcome === "complete") return EXIT.ok;
  return outcome === "needs_attention" ? EXIT.needsAttention : EXIT.problem;
}

/** A problem as an answer; what a later try may settle by itself is `busy`. */
export function answerOfProblem(problem: Problem): Answer {
  const special: Record<string, ExitCode> = { "run-under-way": EXIT.busy, "needs-person-first": EXIT.needsAttention };
  return { text: wordsOf(problem), json: { problem }, exit: special[problem.code] ?? EXIT.problem };
}

export function wordsOf({ happened, meaning, todo }: Problem): string[] {
  return [happened, meaning, todo];
}
