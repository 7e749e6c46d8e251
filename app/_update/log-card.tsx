"use client";

import { useQuery } from "@tanstack/react-query";
import type { LogLine } from "../../server/updates/contract.ts";
import { problemOf } from "../_client/problem.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { Button } from "../_ui/button.tsx";
import { Card } from "../_ui/card.tsx";
import { useNotify } from "../_ui/notify.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { ListSkeleton } from "../_ui/skeleton.tsx";
import { copyText } from "./copy-text.ts";

const FOLLOW_MS = 2000;

/** The log of a run, line by line; `follow`: it goes on. */
export function LogCard({ run, follow }: { run: string; follow: boolean }) {
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
