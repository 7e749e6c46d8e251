/** What a request is to the gate. `upgrade-page`: the gate answers it itself. */
export type RequestKind = "read" | "write" | "stream" | "upgrade-page";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Signing in and out, and the verb that a running update must hear. Plain segments only: a path with dots or escapes could be read as another
 * one behind the gate, so it counts as a write.
 */
const NEVER_PAUSED = [
  /^\/api\/auth\/[\w-]+(\/[\w-]+)*$/,
  /^\/api\/trpc\/updates\.cancel$/,
  /^\/api\/v1\/system\/updates\/cancel$/,
];

/** Sorts a request by its method, its target (path and query) and its Accept header. What is not known to be a read is a write. */
export function classify(request: { method: string; target: string; accept: string | undefined }): RequestKind {
  const path = pathOf(request.target);
  if (path === "/_upgrade" || path.startsWith("/_upgrade/")) return "upgrade-page";
  if (request.method === "GET" && wants(request.accept, "text/event-stream")) return "stream";
  if (READING.has(request.method)) return "read";
  return request.method === "POST" && NEVER_PAUSED.some((pattern) => pattern.test(path)) ? "read" : "write";
}

/** Whether a write is an upload: it brings content, maybe for minutes, and changes no row. Cut off, it has done nothing. */
export function isUpload({ method, target }: { method: string; target: string }): boolean {
  return method === "POST" && /^\/api\/(files|imports|backups\/[\w-]+)$/.test(pathOf(target));
}

/** The target without its query. */
export function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? "";
}

/** Whether an Accept header names this media type itself (a wildcard does not count). */
export function wants(accept: string | undefined, type: string): boolean {
  return (accept ?? "").split(",").some((part) => part.split(";", 1)[0]?.trim().toLowerCase() === type);
}
