"use client";

import { useQuery } from "@tanstack/react-query";
import type { Counts, Finding, Import, Preview } from "../../../../../server/imports/contract.ts";
import { findingsPath } from "../../../../../server/imports/contract.ts";
import { useTRPC } from "../../../../_client/trpc.tsx";
import { AlertBanner } from "../../../../_ui/alert-banner.tsx";
import { Badge } from "../../../../_ui/badge.tsx";
import { FileLink } from "../../../../_ui/button.tsx";
import { Card } from "../../../../_ui/card.tsx";
import { Table } from "../../../../_ui/table.tsx";
import type { Column } from "../../../../_ui/table.tsx";
import { Time } from "../../../../_ui/time.tsx";
import { placeOf, titled } from "./import-view.ts";

const number = (value: number) => new Intl.NumberFormat("en-GB").format(value);

const COLUMNS: Column<Counts>[] = [
  { key: "what", title: "In the file", heading: true, cell: ({ entity }) => titled(entity) },
  { key: "rows", title: "Rows", align: "end", cell: ({ rows }) => number(rows) },
  { key: "added", title: "New", align: "end", cell: ({ added }) => number(added) },
  { key: "changed", title: "Different", align: "end", cell: ({ changed }) => number(changed) },
  { key: "conflicts", title: "Changed here, too", align: "end", cell: ({ conflicts }) => number(conflicts) },
  { key: "unchanged", title: "The same", align: "end", cell: ({ unchanged }) => number(unchanged) },
];

/** What the import would do: numbers first, then what is wrong, then what is in conflict. */
export function PreviewView({ found, preview }: { found: Import; preview: Preview }) {
  const { counts, conflicts, exportedAt, errors, notices } = preview;
  return (
    <>
      <Card title="What is in the file">
        <p className="mb-3 wrap-anywhere text-muted">
          {found.fileName}
          {exportedAt === null ? null : (
            <>
              , exported <Time at={exportedAt} />
            </>
          )}
        </p>
        {counts.length === 0 ? (
          <p>{errors > 0 ? "It could not be compared with your data yet." : "There is nothing in it that can be imported."}</p>
        ) : (
          <Table label="What is in the file" columns={COLUMNS} rows={counts} rowKey={({ entity }) => entity} />
        )}
      </Card>
      {errors + notices === 0 ? null : <Findings id={found.id} preview={preview} />}
      {conflicts.length === 0 ? null : <Conflicts preview={preview} />}
    </>
  );
}

function Findings({ id, preview: { errors, notices } }: { id: string; preview: Preview }) {
  const { data } = useQuery(useTRPC().imports.findings.queryOptions({ id }));
  const found = data?.findings ?? [];
  const columns: Column<Finding & { key: string }>[] = [
    {
      key: "kind",
      title: "Kind",
      cell: ({ severity }) => (severity === "error" ? <Badge tone="danger">Error</Badge> : <Badge tone="info">Note</Badge>),
    },
    { key: "where", title: "Where", heading: true, cell: (finding) => <span className="wrap-anywhere">{placeOf(finding)}</span> },
    {
      key: "what",
      title: "What",
      cell: ({ what, todo }) => (
        <span className="wrap-anywhere">
          {what} {todo}
        </span>
      ),
    },
  ];
  const rows = found.map((finding, index) => ({ ...finding, key: String(index) }));
  return (
    <Card title={errors > 0 ? "What has to be put right" : "Good to know"}>
      {errors === 0 ? null : (
        <AlertBanner
          tone="danger"
          role="status"
          title={errors === 1 ? "There is an error in the file" : `There are ${number(errors)} errors in the file`}
          className="mb-4"
        >
          <p>Nothing was changed: an import is all or nothing. Put it right as the list says, then choose the file again.</p>
        </AlertBanner>
      )}
      {rows.length === 0 ? null : (
        <div className="max-h-[32rem] overflow-y-auto" tabIndex={0} role="region" aria-label="List of problems">
          <Table label="Problems" columns={columns} rows={rows} rowKey={({ key }) => key} />
        </div>
      )}
      <p className="mt-3">
        {errors + notices > found.length && found.length > 0 ? `The first ${number(found.length)} are shown. ` : ""}
        <FileLink href={findingsPath(id)} download>
          {errors + notices === 1 ? "Download it as CSV" : `Download all ${number(errors + notices)} as CSV`}
        </FileLink>
      </p>
    </Card>
  );
}

function Conflicts({ preview: { conflicts, counts, exportedAt } }: { preview: Preview }) {
  const all = counts.filter(({ entity }) => entity !== "order_lines").reduce((sum, each) => sum + each.conflicts, 0);
  return (
    <Card title="Different here and in the file">
      <p>
        {exportedAt === null
          ? "The file does not say how old it is, so FilaOps cannot tell which is newer."
          : "These were changed here after the file was exported."}{" "}
        You choose below which way they shall be.
      </p>
      <p className="mt-2 wrap-anywhere">
        {conflicts.map(({ entity, key }) => `${entity === "settings" ? "setting " : ""}${key}`).join(", ")}
        {all > conflicts.length ? ` and ${number(all - conflicts.length)} more` : ""}
      </p>
    </Card>
  );
}
