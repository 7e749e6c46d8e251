"use client";

import type { Overview } from "../../../../../server/updater/contract.ts";
import type { HistoryItem, Status } from "../../../../../server/updates/contract.ts";
import { Badge } from "../../../../_ui/badge.tsx";
import { Card, Facts } from "../../../../_ui/card.tsx";
import { PageHead } from "../../../../_ui/page-head.tsx";
import { Time } from "../../../../_ui/time.tsx";
import { itemTitle } from "../../../../_update/change-words.ts";
import { LogCard } from "../../../../_update/log-card.tsx";
import { outcomeWords } from "../../../../_update/outcome-view.ts";
import { CopyReport } from "../../../../_update/outcome-card.tsx";
import { useOverview } from "../../../../_update/use-run.ts";
import { measured, pauseWords } from "../../../../_update/words.ts";

/** One run in full: what became of it, and its log. A run under way is followed. */
export function RunLog({ run, initial }: { run: string; initial: Overview | undefined }) {
  const overview = useOverview(initial).data;
  const item = overview?.history.find((candidate) => candidate.run === run) ?? null;
  const status = overview?.status?.run === run ? overview.status : null;
  return (
    <>
      <Head item={item} status={status} />
      <div className="space-y-5">
        {item === null ? null : <RunFacts item={item} />}
        <LogCard run={run} follow={item !== null && item.outcome === null} />
      </div>
    </>
  );
}

function Head({ item, status }: { item: HistoryItem | null; status: Status | null }) {
  const words = item === null ? null : outcomeWords(item, item.outcome);
  return (
    <PageHead
      title={item === null ? "Run" : itemTitle(item)}
      back={{ href: "/settings/updates", text: "Updates" }}
      badge={words === null ? undefined : <Badge tone={words.tone}>{words.text}</Badge>}
      actions={status === null ? undefined : <CopyReport status={status} />}
    />
  );
}

function RunFacts({ item }: { item: HistoryItem }) {
  const facts = [
    { name: "Started", value: <Time at={item.startedAt} /> },
    { name: "Started by", value: item.startedBy },
    { name: "Took", value: item.durationMs === null ? "–" : measured(item.durationMs) },
    { name: "Saving paused", value: item.pauseMs === null ? "–" : pauseWords(item.pauseMs) },
    ...(item.about === null ? [] : [{ name: "Restored", value: <Restored at={item.about.createdAt} /> }]),
    { name: ["update", "restore", "start_fresh"].includes(item.kind) ? "Backup of before" : "Backup", value: item.backup ?? "–" },
  ];
  return (
    <Card title="What happened">
      {[...(item.problem === null ? [] : [item.problem]), ...item.warnings].map((problem) => (
        <div key={problem.code} className="mb-4 wrap-anywhere">
          <p className="font-medium">{problem.happened}</p>
          <p>{problem.meaning}</p>
          <p>{problem.todo}</p>
        </div>
      ))}
      <Facts facts={facts} />
    </Card>
  );
}

function Restored({ at }: { at: string }) {
  return (
    <>
      The backup of <Time at={at} />
    </>
  );
}
