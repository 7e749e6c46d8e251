"use client";

import { useMutation } from "@tanstack/react-query";
import { KEPT_DAYS } from "../../../../../server/imports/contract.ts";
import type { Import } from "../../../../../server/imports/contract.ts";
import { problemOf } from "../../../../_client/problem.ts";
import { useTRPC } from "../../../../_client/trpc.tsx";
import { Badge } from "../../../../_ui/badge.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Card } from "../../../../_ui/card.tsx";
import { ProblemBanner } from "../../../../_ui/problem-banner.tsx";
import { Table } from "../../../../_ui/table.tsx";
import type { Column } from "../../../../_ui/table.tsx";
import { Time } from "../../../../_ui/time.tsx";
import { stateOf } from "./import-view.ts";
import { useRefreshImports } from "./use-imports.ts";

/** What was imported before, or was not. */
export function EarlierImports({ imports }: { imports: Import[] }) {
  const remove = useMutation(useTRPC().imports.remove.mutationOptions({ onSettled: useRefreshImports() }));
  const columns: Column<Import>[] = [
    { key: "file", title: "File", heading: true, cell: ({ fileName }) => <span className="wrap-anywhere">{fileName}</span> },
    { key: "when", title: "Chosen", cell: ({ createdAt }) => <Time at={createdAt} /> },
    { key: "who", title: "By", cell: ({ createdBy }) => createdBy },
    {
      key: "state",
      title: "State",
      cell: ({ phase }) => {
        const { text, tone } = stateOf(phase);
        return <Badge tone={tone}>{text}</Badge>;
      },
    },
    {
      key: "remove",
      title: "Remove",
      hideTitle: true,
      align: "end",
      cell: ({ id, fileName }) => (
        <Button
          size="small"
          aria-label={`Remove ${fileName} from the list`}
          onClick={() => {
            remove.mutate({ id });
          }}
        >
          Remove
        </Button>
      ),
    },
  ];
  return (
    <Card title="Earlier imports">
      {remove.error === null ? null : <ProblemBanner problem={problemOf(remove.error)} />}
      <Table label="Earlier imports" columns={columns} rows={imports} rowKey={({ id }) => id} />
      <p className="mt-3 text-sm text-muted">A file is kept for {KEPT_DAYS} days after it was chosen.</p>
    </Card>
  );
}
