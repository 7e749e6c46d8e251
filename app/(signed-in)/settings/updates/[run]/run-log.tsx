"use client";

import { useQuery } from "@tanstack/react-query";
import type { Overview } from "../../../../../server/updater/contract.ts";
import type { HistoryItem, LogLine, Status } from "../../../../../server/updates/contract.ts";
import { problemOf } from "../../../../_client/problem.ts";
import { useTRPC } from "../../../../_client/trpc.tsx";
import { Badge } from "../../../../_ui/badge.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Card, Facts } from "../../../../_ui/card.tsx";
import { useNotify } from "../../../../_ui/notify.tsx";
import { PageHead } from "../../../../_ui/page-head.tsx";
import { ProblemBanner } from "../../../../_ui/problem-banner.tsx";
import { ListSkeleton } from "../../../../_ui/skeleton.tsx";
import { Time } from "../../../../_ui/time.tsx";
import { itemTitle } from "../../../../_update/change-words.ts";
import { copyText } from "../../../../_update/copy-text.ts";
import { outcomeWords } from "../../../../_update/outcome-view.ts";
import { CopyReport } from "../../../../_update/outcome-card.tsx";
import { useOverview } from "../../../../_update/use-run.ts";
import { measured, pauseWords } from "../../../../_update/words.ts";

const FOLLOW_MS = 2000;

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

function LogCard({ run, follow }: { run: string; follow: boolean }) {
  const log = useQuery({ ...useTRPC().updates.log.queryOptions({ run }), refetchInterval: follow ? FOLLOW_MS : false });
  return (
    <Card title="Log" action={log.data === undefined ? undefined : <CopyLog lines={log.data.lines} />}>
      {log.isPending ? <ListSkeleton label="Loading the log" /> : null}
      {log.error === null ? null : <ProblemBanner problem={problemOf(log.error)} />}
      {log.data === undefined ? null : <Lines lines={log.data.lines} />}
    </Card>
  );
}

function Lines({ lines }: { lines: readonly LogLine[] }) {
  return (
    <ol className="space-y-1">
      {lines.map((line, index) => (
        <li key={index} className="gap-4 sm:flex">
          <span className="block shrink-0 text-sm text-muted sm:w-28">{clockTime(line.at)}</span>
          <span className="min-w-0 wrap-anywhere">{line.text}</span>
        </li>
      ))}
    </ol>
  );
}

function RunFacts({ item }: { item: HistoryItem }) {
  const facts = [
    { name: "Started", value: <Time at={item.startedAt} /> },
    { name: "Started by", value: item.startedBy },
    { name: "Took", value: item.durationMs === null ? "–" : measured(item.durationMs) },
    { name: "Saving paused", value: item.pauseMs === null ? "–" : pauseWords(item.pauseMs) },
    ...(item.restores === null ? [] : [{ name: "Restored", value: <Restored at={item.restores.createdAt} /> }]),
    { name: item.kind === "update" || item.kind === "restore" ? "Backup of before" : "Backup", value: item.backup ?? "–" },
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

function CopyLog({ lines }: { lines: readonly LogLine[] }) {
  const { notify } = useNotify();
  return (
    <Button
      size="small"
      onClick={() => {
        void copyText(lines.map((line) => `${line.at} ${line.text}`).join("\n")).then((copied) => {
          notify(copied ? "The log is copied." : "Your browser did not let us copy.", copied ? "good" : "warn");
        });
      }}
    >
      Copy log
    </Button>
  );
}

/** The hour in the reader's zone; the log is loaded by the browser only, so server and page cannot differ. */
function clockTime(at: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(new Date(at));
}
