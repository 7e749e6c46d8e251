"use client";

import { useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import type { DeliveryView } from "../../../../server/updater/messages-contract.ts";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Card } from "../../../_ui/card.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Time } from "../../../_ui/time.tsx";
import { stateWords } from "./messages-view.ts";

const COLUMNS: Column<DeliveryView>[] = [
  { key: "title", title: "Message", heading: true, cell: ({ title }) => <span className="wrap-anywhere">{title}</span> },
  { key: "where", title: "To", cell: ({ where }) => <span className="wrap-anywhere">{where}</span> },
  { key: "at", title: "When", cell: ({ at }) => <Time at={at} /> },
  { key: "state", title: "What came of it", cell: (row) => <StateCell row={row} /> },
];

/** The newest messages and what came of them. */
export function Deliveries({ showsEmpty }: { showsEmpty: boolean }) {
  const query = useQuery({ ...useTRPC().messages.deliveries.queryOptions(), refetchInterval: 15_000 });
  if (query.isError) return <LoadProblem error={query.error} onAgain={() => void query.refetch()} />;
  const deliveries = query.data?.deliveries ?? [];
  if (deliveries.length === 0 && !showsEmpty) return null;
  return (
    <Card title="What was told">
      {deliveries.length === 0 ? (
        <EmptyState icon={Send} title="Nothing yet">
          <p>Send a test above to see that messages arrive. Here you find what was told, and what did not get through and why.</p>
        </EmptyState>
      ) : (
        <Table label="Messages so far" columns={COLUMNS} rows={deliveries} rowKey={({ id }) => id} />
      )}
    </Card>
  );
}

function StateCell({ row }: { row: DeliveryView }) {
  const { text, tone } = stateWords(row);
  const reason = row.problem?.happened ?? row.why;
  return (
    <span className="inline-flex min-w-0 flex-col items-end gap-1 sm:items-start">
      <Badge tone={tone}>{text}</Badge>
      {reason === null || row.state === "sent" ? null : (
        <span className="max-w-xs text-sm wrap-anywhere text-muted sm:text-left">{reason}</span>
      )}
      {row.again === null ? null : (
        <span className="text-sm text-muted">
          next try <Time at={row.again} />
        </span>
      )}
    </span>
  );
}
