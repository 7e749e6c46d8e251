/** Keys of repeated requests and the like: they come and go by themselves, and nobody would miss a row. */
const BOOKKEEPING = new Set(["sessions", "idempotency_keys", "rate_limits"]);

/** Columns that reading writes, and how a person put a notice away: best effort, no part of what a farm works with. */
const BOOKKEEPING_COLUMNS: Record<string, readonly string[]> = {
  users: ["last_seen_at", "update_dismissed_at", "update_dismissed_version", "update_dismissed_kind", "update_dismissed_until"],
  api_tokens: ["last_used_at"],
};

/** Tables that only the owner's role may write: the app could otherwise tell people what did not happen. */
export function isOwnersOnly(table: string): boolean {
  return table === "_prisma_migrations" || table.startsWith("system_");
}

/** Whether a table of the schema `public` holds what people entered: it is in the books and in the hash of the data. */
export function isProtected(table: string): boolean {
  return !isOwnersOnly(table) && !BOOKKEEPING.has(table);
}

/** Whether a column of a protected table is in the hash of the data. */
export function isProtectedColumn(table: string, column: string): boolean {
  return BOOKKEEPING_COLUMNS[table]?.includes(column) !== true;
}
