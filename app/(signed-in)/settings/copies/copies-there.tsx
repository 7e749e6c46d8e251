"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { OffsiteCopy } from "../../../../server/offsite/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Time } from "../../../_ui/time.tsx";
import { bytes } from "../../../_update/words.ts";
import { kindWords } from "../backups/backup-view.ts";
import { copyWords, countWords } from "./copies-view.ts";

const COLUMNS: Column<OffsiteCopy>[] = [
  {
    key: "made",
    title: "Backup of",
    heading: true,
    cell: ({ label }) => (label === null ? "An unfinished copy" : <Time at={label.createdAt} />),
  },
  { key: "kind", title: "Made", cell: ({ label }) => kindWords({ backup: label }) },
  { key: "version", title: "Version", cell: ({ label }) => label?.version ?? "–" },
  { key: "bytes", title: "Size", align: "end", cell: (copy) => <span className="whitespace-nowrap">{bytes(copy.bytes)}</span> },
  { key: "state", title: "State", cell: (copy) => <State copy={copy} /> },
];

/** What lies there, as the storage tells it; or why it does not. */
export function CopiesThere({ query }: { query: UseQueryResult<{ copies: OffsiteCopy[] }, unknown> }) {
  const copies = query.data?.copies;
  const again = (
    <Button size="small" busy={query.isFetching} onClick={() => void query.refetch()}>
      {query.isFetching ? "Asking …" : "Ask again"}
    </Button>
  );
  return (
    <Card title="What lies there" action={query.isError || copies === undefined ? undefined : again}>
      {query.isPending ? <ListSkeleton label="Asking the storage what lies there" rows={3} /> : null}
      {query.isError ? <ProblemBanner problem={problemOf(query.error)} actions={again} /> : null}
      {copies === undefined || query.isError ? null : copies.length === 0 ? (
        <p className="text-muted">Nothing yet.</p>
      ) : (
        <>
          <p className="mb-3 text-muted">{countWords(copies)}. Encrypted: only your key opens what lies there.</p>
          <Table label="Copies" columns={COLUMNS} rows={copies} rowKey={({ id }) => id} />
        </>
      )}
    </Card>
  );
}

function State({ copy }: { copy: OffsiteCopy }) {
  const { text, tone, more } = copyWords(copy);
  return (
    <span className="inline-flex min-w-0 flex-col items-end gap-1 sm:items-start">
      <Badge tone={tone}>{text}</Badge>
      {more === null ? null : <span className="max-w-xs text-sm text-muted">{more}</span>}
    </span>
  );
}
