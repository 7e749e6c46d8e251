import { ChevronDown, ChevronUp } from "lucide-react";
import NextLink from "next/link";
import type { ReactNode } from "react";
import { classes } from "./classes.ts";

export type Column<Row> = {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  align?: "start" | "end";
  /** Where a click on the title leads, and how the column is sorted now. */
  sort?: { href: string; direction: "asc" | "desc" | null };
  /** The cell that names the row: the heading of its card. */
  heading?: boolean;
  /** The title is for screen readers only (a column of buttons). */
  hideTitle?: boolean;
};

/**
 * Rows of things. On a narrow screen each row becomes a card whose cells carry their column's title; the roles are written out, because a
 * table that is displayed as blocks would otherwise stop being a table for screen readers.
 */
export function Table<Row>({
  label,
  columns,
  rows,
  rowKey,
}: {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
}) {
  return (
    <table role="table" aria-label={label} className="block w-full border-collapse sm:table">
      <thead role="rowgroup" className="sr-only sm:not-sr-only sm:table-header-group">
        <tr role="row" className="border-b border-line sm:table-row">
          {columns.map((column) => (
            <HeaderCell key={column.key} column={column} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="block space-y-3 sm:table-row-group">
        {rows.map((row) => (
          <tr
            role="row"
            key={rowKey(row)}
            className="block rounded-box border border-line bg-surface p-3 sm:table-row sm:rounded-none sm:border-0 sm:border-b sm:bg-transparent sm:p-0 sm:last:border-b-0 sm:hover:bg-sunken/60"
          >
            {columns.map((column) => (
              <td
                role={column.heading === true ? "rowheader" : "cell"}
                key={column.key}
                className={classes(
                  column.hideTitle === true ? "justify-end" : "justify-between",
                  "flex items-baseline gap-4 py-0.5 sm:table-cell sm:px-3 sm:py-2 sm:first:pl-0 sm:last:pr-0",
                  column.align === "end" && "sm:text-right",
                  column.heading === true && "font-semibold",
                )}
              >
                {column.heading === true || column.hideTitle === true ? null : (
                  <span aria-hidden="true" className="shrink-0 text-sm font-normal text-muted sm:hidden">
                    {column.title}
                  </span>
                )}
                <span className={classes("min-w-0", column.heading !== true && "text-right sm:text-inherit")}>
                  {column.cell(row)}
                </span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HeaderCell<Row>({ column }: { column: Column<Row> }) {
  const direction = column.sort?.direction ?? null;
  const Arrow = direction === "desc" ? ChevronDown : ChevronUp;
  return (
    <th
      role="columnheader"
      scope="col"
      {...(direction === null ? {} : { "aria-sort": direction === "asc" ? ("ascending" as const) : ("descending" as const) })}
      className={classes(
        "px-3 py-2 text-sm font-semibold text-muted first:pl-0 last:pr-0",
        column.align === "end" ? "text-right" : "text-left",
      )}
    >
      {column.sort === undefined ? (
        <span className={column.hideTitle === true ? "sr-only" : ""}>{column.title}</span>
      ) : (
        <NextLink href={column.sort.href} scroll={false} className="inline-flex items-center gap-1 rounded-box hover:text-ink">
          {column.title}
          <Arrow aria-hidden="true" className={classes("size-4", direction === null && "opacity-30")} />
        </NextLink>
      )}
    </th>
  );
}
