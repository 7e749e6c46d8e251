"use client";

import { FileArchive } from "lucide-react";
import type { Export } from "../../../../server/exports/contract.ts";
import { exportPath } from "../../../../server/exports/contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { FileLink } from "../../../_ui/button.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { useNow } from "../../../_ui/time.tsx";
import { bytes, count, moment } from "../../../_update/words.ts";
import { contentWords, lackingWords } from "./export-view.ts";
import { RemoveExport } from "./remove-export.tsx";

/** The exports that can be downloaded, newest first. */
export function ExportList({ exports }: { exports: Export[] }) {
  // Before the page is alive, the reader's zone is not known.
  const zone = useNow() === null ? "UTC" : undefined;
  if (exports.length === 0) {
    return (
      <EmptyState icon={FileArchive} title="No exports yet">
        <p>An export stays here for a week, to be downloaded as often as you like.</p>
      </EmptyState>
    );
  }
  const columns: Column<Export>[] = [
    { key: "when", title: "Made", heading: true, cell: ({ startedAt }) => moment(startedAt, zone) },
    { key: "what", title: "Content", cell: (row) => <Content row={row} /> },
    { key: "rows", title: "Rows", align: "end", cell: ({ rows }) => count(rows.done) },
    { key: "size", title: "Size", align: "end", cell: (row) => (row.bytes === null ? "–" : bytes(row.bytes)) },
    { key: "until", title: "Kept until", cell: ({ expiresAt }) => moment(expiresAt, zone) },
    { key: "actions", title: "Actions", hideTitle: true, align: "end", cell: (row) => <Actions row={row} zone={zone} /> },
  ];
  return <Table label="Exports" columns={columns} rows={exports} rowKey={({ id }) => id} />;
}

function Content({ row }: { row: Export }) {
  const lacking = lackingWords(row);
  return (
    <span className="inline-flex max-w-xs flex-col items-end gap-1 sm:items-start sm:text-left">
      {contentWords(row)}
      <span className="text-sm text-muted">by {row.startedBy}</span>
      {lacking === null ? null : <span className="text-sm font-medium text-warn">{lacking}</span>}
    </span>
  );
}

function Actions({ row, zone }: { row: Export; zone: "UTC" | undefined }) {
  const { role } = useFarm().me;
  const name = `the export of ${moment(row.startedAt, zone)}`;
  const mayDownload = !row.options.withAccounts || role === "owner";
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
      {mayDownload ? (
        <FileLink href={exportPath(row.id)} aria-label={`Download ${name}`}>
          Download
        </FileLink>
      ) : (
        <span className="text-sm text-muted">For owners only</span>
      )}
      <RemoveExport row={row} name={name} />
    </span>
  );
}
