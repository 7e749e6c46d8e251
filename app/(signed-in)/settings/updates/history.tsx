"use client";

import { History as HistoryIcon } from "lucide-react";
import type { HistoryItem } from "../../../../server/updates/contract.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { TextLink } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Time } from "../../../_ui/time.tsx";
import { itemTitle } from "../../../_update/change-words.ts";
import { outcomeWords } from "../../../_update/outcome-view.ts";
import { UndoOffer } from "../../../_update/undo-offer.tsx";
import { measured, pauseWords } from "../../../_update/words.ts";

const COLUMNS: Column<HistoryItem>[] = [
  {
    key: "versions",
    title: "What",
    heading: true,
    cell: (item) => <TextLink href={`/settings/updates/${item.run}`}>{itemTitle(item)}</TextLink>,
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

/** What was updated or restored, when, by whom and how it ended; a row leads to its log. The newest can be undone as long as it is said. */
export function History({ items, running }: { items: readonly HistoryItem[]; running: boolean }) {
  return (
    <Card title="History">
      {items.length === 0 ? (
        <EmptyState icon={HistoryIcon} title="No updates yet">
          <p>When FilaOps is updated, or a backup is restored, you find here what happened, and the way back.</p>
        </EmptyState>
      ) : (
        <>
          {running ? null : (
            <div className="mb-4">
              <UndoOffer item={items.find((item) => item.undoableUntil !== null)} />
            </div>
          )}
          <Table label="Updates so far" columns={COLUMNS} rows={[...items]} rowKey={(item) => item.run} />
        </>
      )}
    </Card>
  );
}

function OutcomeCell({ item }: { item: HistoryItem }) {
  const { text, tone } = outcomeWords(item, item.outcome);
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
