/** What PostgreSQL says while it starts, stops, ends our session, or will not take another: the moment's trouble, not the statement's. */
const NOT_READY = new Set(["57P01", "57P02", "57P03", "57P05", "53300", "3D000", "55000", "28000", "25P03"]);
/** Prisma's own names for the same. */
const NOT_READY_PRISMA = new Set(["P1000", "P1001", "P1002", "P1003", "P1008", "P1010", "P1017", "P2024", "P2037"]);
const NOT_READY_SYSTEM = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOENT", "ENOTFOUND"]);
const NOT_READY_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** Whether the database could not be reached, ended the session, or has another build's schema: the same may work in a moment. */
export function isNotReady(error: unknown): boolean {
  return chain(error).some(
    ({ code, message }) =>
      code === "database-not-ready" ||
      (code !== null &&
        (NOT_READY.has(code) || code.startsWith("08") || NOT_READY_PRISMA.has(code) || NOT_READY_SYSTEM.has(code))) ||
      NOT_READY_WORDS.test(message),
  );
}

/** Whether a new connection was refused because its database is another build's. Prisma keeps nothing of our error but its code. */
export function isSchemaMismatch(error: unknown): boolean {
  return chain(error).some(({ code }) => code === "database-not-ready");
}

/** Whether PostgreSQL refused a write because the fence is closed (the app's role has lost its right) or the session may only read. */
export function isWriteRefused(error: unknown): boolean {
  return chain(error).some(({ code }) => code === "42501" || code === "25006");
}

/** Whether somebody else stood in the way, with a lock or by having filled a disk, PostgreSQL's or ours: the same works when that is over. */
export function isObstructed(error: unknown): boolean {
  return chain(error).some(({ code }) => code === "55P03" || code === "53100" || code === "ENOSPC" || code === "disk-full");
}

/** The unique or foreign key that a save ran against, by its name in the database; `null` when the error is another. */
export function brokenConstraint(error: unknown): { kind: "unique" | "foreign"; name: string } | null {
  for (const { constraint } of chain(error)) if (constraint !== null) return constraint;
  return null;
}

type Link = { code: string | null; message: string; constraint: { kind: "unique" | "foreign"; name: string } | null };

/** An error and what lies below it, at most ten deep: Prisma wraps the driver's errors in `meta.driverAdapterError.cause`. */
function chain(error: unknown): Link[] {
  const links: Link[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && links.length < 10) {
    const value = queue.shift();
    if (typeof value !== "object" || value === null) continue;
    links.push({ code: codeOf(value), message: text(value, "message") ?? "", constraint: constraintOf(value) });
    queue.push(property(value, "cause"), property(property(value, "meta"), "driverAdapterError"));
  }
  return links;
}

function codeOf(value: object): string | null {
  return text(value, "originalCode") ?? text(value, "code");
}

function constraintOf(value: object): Link["constraint"] {
  const kinds = { UniqueConstraintViolation: "unique", ForeignKeyConstraintViolation: "foreign" } as const;
  const kind = text(value, "kind");
  if (kind !== "UniqueConstraintViolation" && kind !== "ForeignKeyConstraintViolation") return null;
  return { kind: kinds[kind], name: text(property(value, "constraint"), "index") ?? "" };
}

function text(value: unknown, name: string): string | null {
  const found = property(value, name);
  return typeof found === "string" ? found : null;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
