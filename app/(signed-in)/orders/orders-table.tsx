"use client";

import type { OrderRow } from "../../../server/orders/contract.ts";
import { Table } from "../../_ui/table.tsx";
import { ORDER_COLUMNS } from "./order-columns.tsx";
import type { OrderColumnKey } from "./order-columns.tsx";

/** A short list of orders inside another page. */
export function OrdersTable({ label, rows, columns }: { label: string; rows: OrderRow[]; columns: OrderColumnKey[] }) {
  return <Table label={label} columns={columns.map((key) => ORDER_COLUMNS[key])} rows={rows} rowKey={(row) => row.id} />;
}
