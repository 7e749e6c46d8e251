"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { Token } from "../../../../server/accounts/contract.ts";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Time } from "../../../_ui/time.tsx";
import { NewToken } from "./new-token.tsx";
import { RevokeToken } from "./revoke-token.tsx";

/** The tokens by which scripts act, each for the person who made it. */
export function TokensList() {
  const query = useQuery(useTRPC().tokens.list.queryOptions());
  const [adding, setAdding] = useState(false);
  const columns: Column<Token>[] = [
    { key: "name", title: "What for", heading: true, cell: (token) => token.name },
    { key: "user", title: "Acts as", cell: (token) => token.user.name },
    { key: "createdAt", title: "Made", cell: (token) => <Time at={token.createdAt} /> },
    {
      key: "lastUsedAt",
      title: "Last used",
      cell: (token) => (token.lastUsedAt === null ? <span className="text-muted">never</span> : <Time at={token.lastUsedAt} />),
    },
    { key: "actions", title: "Actions", hideTitle: true, align: "end", cell: (token) => <RevokeToken token={token} /> },
  ];
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-prose text-muted">
          With a token a script can do what the person may do who made it. The programming interface is described at{" "}
          <code className="font-mono">/api/v1/openapi.json</code>.
        </p>
        <Button
          variant="primary"
          onClick={() => {
            setAdding(true);
          }}
        >
          New token
        </Button>
      </div>
      {query.isPending ? <ListSkeleton label="Loading tokens" rows={3} /> : null}
      {query.isError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
      {query.data?.length === 0 ? (
        <EmptyState icon={KeyRound} title="No tokens yet">
          You need one only if a script of yours shall read or change something here.
        </EmptyState>
      ) : null}
      {query.data === undefined || query.data.length === 0 ? null : (
        <Table label="API tokens" columns={columns} rows={query.data} rowKey={(token) => token.id} />
      )}
      <NewToken open={adding} onOpenChange={setAdding} />
    </>
  );
}
