"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Button, LinkButton } from "../_ui/button.tsx";
import { EmptyState } from "../_ui/empty-state.tsx";
import { Pagination } from "../_ui/pagination.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { ListSkeleton } from "../_ui/skeleton.tsx";
import { Table } from "../_ui/table.tsx";
import type { Column } from "../_ui/table.tsx";
import { problemOf } from "./problem.ts";

type Page<Row> = { rows: Row[]; total: number; page: number; pageSize: number };

/** One page of a list in all its states: loading, failed, nothing yet, nothing found, rows. */
export function ListView<Row extends { id: string }>({
  query,
  noun,
  columns,
  address,
  empty,
}: {
  query: UseQueryResult<Page<Row>, unknown>;
  /** What is listed, in the plural: "orders". */
  noun: string;
  columns: Column<Row>[];
  address: { href: (changes: Record<string, string | number>) => string; narrowed: boolean };
  /** What is shown when there is nothing at all yet. */
  empty: ReactNode;
}) {
  if (query.isPending) return <ListSkeleton label={`Loading ${noun}`} />;
  if (query.data === undefined) return <LoadProblem error={query.error} onAgain={() => void query.refetch()} />;
  const { rows, total, page, pageSize } = query.data;
  if (rows.length === 0 && !address.narrowed && page === 1) return empty;
  if (rows.length === 0) return <NothingFound noun={noun} page={page} />;
  return (
    <div aria-busy={query.isPlaceholderData} className={query.isPlaceholderData ? "opacity-70" : undefined}>
      <Table label={noun} columns={columns} rows={rows} rowKey={(row) => row.id} />
      <Pagination page={page} pageSize={pageSize} total={total} noun={noun} href={(next) => address.href({ page: next })} />
    </div>
  );
}

/** Something could not be loaded: what it means, and the way to try again. */
export function LoadProblem({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  return <ProblemBanner problem={problemOf(error)} actions={<Button onClick={onAgain}>Try again</Button>} />;
}

function NothingFound({ noun, page }: { noun: string; page: number }) {
  const pathname = usePathname();
  return (
    <EmptyState
      icon={SearchX}
      title={page > 1 ? "This page is empty" : `No ${noun} match`}
      action={<LinkButton href={pathname}>Show all {noun}</LinkButton>}
    >
      {page > 1 ? `There are fewer ${noun} than there were.` : "Try fewer or other words, or take the filter away."}
    </EmptyState>
  );
}
