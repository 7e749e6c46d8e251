import { Check, CircleAlert, TriangleAlert } from "lucide-react";
import type { Finding } from "../../server/updates/contract.ts";
import { findingsView } from "./plan-view.ts";

/** What the checks found: what forbids the run with what to do about it, then what to know, then how many passed. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const { blockers, warnings, passed } = findingsView(findings);
  return (
    <ul className="space-y-2" aria-label="What the checks found">
      {blockers.map((finding) => (
        <FindingItem key={finding.check} finding={finding} />
      ))}
      {warnings.map((finding) => (
        <FindingItem key={finding.check} finding={finding} />
      ))}
      <li className="flex gap-2 text-muted">
        <Check aria-hidden="true" className="size-4 shrink-0 translate-y-1 text-good" />
        <span>{passed}</span>
      </li>
    </ul>
  );
}

function FindingItem({ finding }: { finding: Finding }) {
  const blocks = finding.level === "blocker";
  const Icon = blocks ? CircleAlert : TriangleAlert;
  return (
    <li className="flex gap-2">
      <Icon aria-hidden="true" className={`size-4 shrink-0 translate-y-1 ${blocks ? "text-danger" : "text-warn"}`} />
      <div className="min-w-0">
        <p className="font-medium">
          <span className="sr-only">{blocks ? "In the way: " : "Please note: "}</span>
          {finding.title}
        </p>
        {finding.problem === null ? null : (
          <p className="text-sm text-muted">
            {finding.problem.happened} {finding.problem.todo}
          </p>
        )}
      </div>
    </li>
  );
}
