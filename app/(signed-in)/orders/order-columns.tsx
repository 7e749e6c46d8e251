"use client";

import type { OrderRow } from "../../../server/orders/contract.ts";
import { Money } from "../../_client/numbers.tsx";
import { TextLink } from "../../_ui/button.tsx";
import type { Column } from "../../_ui/table.tsx";
import { Time } from "../../_ui/time.tsx";
import { DueDay } from "./due-day.tsx";
import { StatusBadge } from "./status-badge.tsx";

export type OrderColumnKey = "number" | "customer" | "status" | "placedAt" | "dueAt" | "total";

/** The columns in which orders are listed; a list takes those that it has room for and adds how they sort. */
export const ORDER_COLUMNS: Record<OrderColumnKey, Column<OrderRow>> = {
  number: {
    key: "number",
    title: "Order",
    heading: true,
    cell: (order) => <TextLink href={`/orders/${order.id}`}>{order.number}</TextLink>,
  },
  customer: { key: "customer", title: "Customer", cell: (order) => order.customer.name },
  status: { key: "status", title: "Status", cell: (order) => <StatusBadge status={order.status} /> },
  placedAt: { key: "placedAt", title: "Placed", cell: (order) => <Time at={order.placedAt} /> },
  dueAt: { key: "dueAt", title: "Due", cell: (order) => <DueDay order={order} /> },
  total: { key: "total", title: "Total", align: "end", cell: (order) => <Money amount={order.total} /> },
};
