"use client";

import { History as HistoryIcon } from "lucide-react";
import type { HistoryItem } from "../../../../server/updates/contract.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { Button, TextLink } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Time } from "../../../_ui/time.tsx";
import { openDialog } from "../../../_update/desk.ts";
import { outcomeWords } from "../../../_update/outcome-view.ts";
import { measured, pauseWords } from "../../../_update/words.ts";

const COLUMNS: Column<HistoryItem>[] = [
  {
    key: "versions",
    title: "Update",
    heading: true,
    cell: (item) => (
      <TextLink href={`/settings/updates/${item.run}`}>
        {item.from} → {item.to}
      </TextLink>
    ),
  },
  { key: "date", title: "When", cell: (item) => <Time at={item.startedAt} /> },
  { key: "outcome", title: "Outcome", cell: (item) => <OutcomeCell item={item} /> },
  { key: "duration", title: "Took", align: "end", cell: (item) => (item.durationMs === null ? "–" : measured(item.durationMs)) },
  {
    key: "pause",
    title: "Saving paused",
    align: "end",
    cell: (item) => (item.pauseMs === null ? "–" : pauseWords(item.pauseMs)),
  },
  { key: "who", title: "Started by", cell: (item) => item.startedBy },
];

/** What was updated, when, by whom and how it ended; a row leads to its log. The newest update can be undone as long as it is said. */
export function History({ items, running }: { items: readonly HistoryItem[]; running: boolean }) {
  return (
    <Card title="History">
      {items.length === 0 ? (
        <EmptyState icon={HistoryIcon} title="No updates yet">
          <p>When FilaOps is updated, you find here what happened, and the way back.</p>
        </EmptyState>
      ) : (
        <>
          <Undo item={items.find((item) => item.undoableUntil !== null)} running={running} />
          <Table label="Updates so far" columns={COLUMNS} rows={[...items]} rowKey={(item) => item.run} />
        </>
      )}
    </Card>
  );
}

function OutcomeCell({ item }: { item: HistoryItem }) {
  const { text, tone } = outcomeWords(item.kind, item.outcome);
  return (
    <span className="inline-flex min-w-0 flex-col items-end gap-1 sm:items-start">
      <Badge tone={tone}>{text}</Badge>
      {[...(item.problem === null ? [] : [item.problem]), ...item.warnings].map(({ code, happened }) => (
        <span key={code} className="max-w-xs text-sm wrap-anywhere text-muted">
          {happened}
        </span>
      ))}
    </span>
  );
}

function Undo({ item, running }: { item: HistoryItem | undefined; running: boolean }) {
  const until = item?.undoableUntil ?? null;
  if (item === undefined || until === null || running) return null;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
      <p>
        The update to {item.to} can be undone until <Time at={until} />.
      </p>
      <Button
        size="small"
        onClick={() => {
          openDialog({ kind: "undo", run: item.run, version: item.from });
        }}
      >
        Undo update
      </Button>
    </div>
  );
}
