"use client";

import type { OrderRow } from "../../../server/orders/contract.ts";
import { Badge } from "../../_ui/badge.tsx";
import { exactTime, utcTime } from "../../_ui/time-words.ts";
import { useNow } from "../../_ui/time.tsx";
import { dayDistance, dueWords, isOpen } from "./due.ts";

/** The day an order is due: near days in words, and a sign when the day has passed and the order is still open. */
export function DueDay({ order }: { order: Pick<OrderRow, "dueAt" | "status"> }) {
  const now = useNow();
  if (order.dueAt === null) return <span className="text-muted">no date</span>;
  const due = new Date(order.dueAt);
  if (now === null) return <time dateTime={order.dueAt}>{utcTime(due)}</time>;
  const distance = dayDistance(due, new Date(now));
  return (
    <time dateTime={order.dueAt} title={exactTime(due)}>
      {distance < 0 && isOpen(order.status.code) ? (
        <Badge tone="danger">{`Overdue, ${dueWords(due, distance)}`}</Badge>
      ) : (
        dueWords(due, distance)
      )}
    </time>
  );
}
