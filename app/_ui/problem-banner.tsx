import type { ReactNode } from "react";
import type { Problem } from "../../server/platform/contract.ts";
import { AlertBanner } from "./alert-banner.tsx";

/** What happened, what it means for the data, what can be done: a problem in full. */
export function ProblemBanner({ problem, actions }: { problem: Omit<Problem, "code">; actions?: ReactNode }) {
  return (
    <AlertBanner tone="danger" role="alert" title={problem.happened} {...(actions === undefined ? {} : { actions })}>
      <p>{problem.meaning}</p>
      <p>{problem.todo}</p>
    </AlertBanner>
  );
}
