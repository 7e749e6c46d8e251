import type { Problem } from "./contract.ts";
import { accountsProblems } from "./problems/accounts.ts";
import { bundlesProblems } from "./problems/bundles.ts";
import { databasesProblems } from "./problems/databases.ts";
import { deploymentProblems } from "./problems/deployment.ts";
import { exportsProblems } from "./problems/exports.ts";
import { filesProblems } from "./problems/files.ts";
import { generalProblems } from "./problems/general.ts";
import { messagesProblems } from "./problems/messages.ts";
import { importsProblems } from "./problems/imports.ts";
import { networkProblems } from "./problems/network.ts";
import { offsiteProblems } from "./problems/offsite.ts";
import { releasesProblems } from "./problems/releases.ts";
import { updaterProblems } from "./problems/updater.ts";
import { updatesProblems } from "./problems/updates.ts";

/** Every expected way to fail, with the words for it. A code without words, or a throw without the details its words need, does not compile. */
const problems = {
  ...generalProblems,
  ...networkProblems,
  ...releasesProblems,
  ...bundlesProblems,
  ...databasesProblems,
  ...offsiteProblems,
  ...deploymentProblems,
  ...updatesProblems,
  ...updaterProblems,
  ...accountsProblems,
  ...filesProblems,
  ...messagesProblems,
  ...importsProblems,
  ...exportsProblems,
};

export type ErrorCode = keyof typeof problems;
export type ErrorDetails<C extends ErrorCode> = Parameters<(typeof problems)[C]>[0];

/** The one error class of FilaOps: a code, its details, and the words made of them. `cause` keeps what was thrown below. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "AppError";
  readonly code: C;
  readonly problem: Problem;

  constructor(code: C, details: ErrorDetails<C>, options?: { cause?: unknown }) {
    // The record's values differ in their parameter only; the pairing of code and details is what the signature above checks.
    const words = (problems[code] as (details: ErrorDetails<C>) => Omit<Problem, "code">)(details);
    super(words.happened, options);
    this.code = code;
    this.problem = { code, ...words };
  }

  /**
   * An error that another process of ours reported, with its words as they came. A code that this version does not know (the other may be
   * newer) counts as `unexpected` here; the problem keeps it.
   */
  static reported(problem: Problem, options?: { cause?: unknown }): AppError {
    const code = isErrorCode(problem.code) ? problem.code : "unexpected";
    const error: AppError = new AppError("unexpected", { detail: problem.happened }, options);
    return Object.assign(error, { code, problem, message: problem.happened });
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(problems, code);
}

/** Whether a thrown value is our error with this code. */
export function isAppError<C extends ErrorCode>(error: unknown, code: C): error is AppError<C> {
  return error instanceof AppError && error.code === code;
}

/** Any thrown value as words for a person; what is not ours becomes `unexpected` with its message. */
export function toProblem(error: unknown): Problem {
  if (error instanceof AppError) return error.problem;
  return new AppError("unexpected", { detail: error instanceof Error ? error.message : String(error) }).problem;
}
