import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import type { Problem } from "../platform/contract.ts";
import { isNotReady, isSchemaMismatch, isWriteRefused } from "../platform/db-errors.ts";
import type { ErrorCode } from "../platform/errors.ts";
import { AppError, isAppError, toProblem } from "../platform/errors.ts";
import { FieldError } from "../platform/field-error.ts";
import { firstIssue } from "../platform/files.ts";

/** What a problem is in HTTP's words. What is not named here is our fault: 500. */
const CODES: Partial<Record<ErrorCode, TRPCError["code"]>> = {
  "sign-in-needed": "UNAUTHORIZED",
  "role-needed": "FORBIDDEN",
  "caller-unknown": "UNAUTHORIZED",
  "foreign-origin": "FORBIDDEN",
  "json-needed": "UNSUPPORTED_MEDIA_TYPE",
  "not-found": "NOT_FOUND",
  "input-invalid": "BAD_REQUEST",
  "setup-done": "CONFLICT",
  "already-taken": "CONFLICT",
  "last-owner": "CONFLICT",
  "key-reused": "CONFLICT",
  "reference-missing": "BAD_REQUEST",
  "total-too-large": "BAD_REQUEST",
  "cap-out-of-range": "BAD_REQUEST",
  "file-too-large": "PAYLOAD_TOO_LARGE",
  "file-empty": "BAD_REQUEST",
  "image-unknown": "UNSUPPORTED_MEDIA_TYPE",
  "file-gone": "NOT_FOUND",
  "import-too-large": "PAYLOAD_TOO_LARGE",
  "import-unreadable": "BAD_REQUEST",
  "import-newer": "BAD_REQUEST",
  "import-busy": "CONFLICT",
  "import-not-now": "CONFLICT",
  "import-has-errors": "CONFLICT",
  "import-overtaken": "CONFLICT",
  "import-stopped": "CONFLICT",
  "mapping-incomplete": "BAD_REQUEST",
  "export-under-way": "CONFLICT",
  "export-unfinished": "CONFLICT",
  "farm-not-empty": "CONFLICT",
  "current-password-wrong": "BAD_REQUEST",
  "password-wrong": "BAD_REQUEST",
  "farm-name-wrong": "BAD_REQUEST",
  "too-many-attempts": "TOO_MANY_REQUESTS",
  "plan-expired": "CONFLICT",
  "plan-blocked": "CONFLICT",
  "breaking-not-accepted": "CONFLICT",
  "data-not-carried-over": "CONFLICT",
  "nothing-to-undo": "CONFLICT",
  "needs-person-first": "CONFLICT",
  "run-under-way": "CONFLICT",
  "ticket-void": "BAD_REQUEST",
  "backup-needed": "CONFLICT",
  "backup-newer": "CONFLICT",
  "backup-damaged": "CONFLICT",
  "backup-foreign": "CONFLICT",
  "archive-not-taken": "BAD_REQUEST",
  "offsite-not-set-up": "CONFLICT",
  "offsite-unreachable": "BAD_REQUEST",
  "offsite-denied": "BAD_REQUEST",
  "offsite-no-bucket": "BAD_REQUEST",
  "offsite-wrong-region": "BAD_REQUEST",
  "offsite-clock": "BAD_REQUEST",
  "offsite-full": "BAD_REQUEST",
  "offsite-refused": "BAD_REQUEST",
  "offsite-differs": "BAD_REQUEST",
  "offsite-folder": "BAD_REQUEST",
  "release-unknown": "NOT_FOUND",
  "release-needs-newer-updater": "CONFLICT",
  "saving-paused": "SERVICE_UNAVAILABLE",
  "database-not-ready": "SERVICE_UNAVAILABLE",
  "accounts-unreachable": "SERVICE_UNAVAILABLE",
  "service-unreachable": "SERVICE_UNAVAILABLE",
};

/** Anything thrown below a procedure, as tRPC's error with ours as its cause: the one place where they meet. */
export function toTrpcError(error: TRPCError): TRPCError {
  const cause = meaningOf(error);
  if (cause === null) return error;
  const code = CODES[cause.code] ?? "INTERNAL_SERVER_ERROR";
  return new TRPCError({ code, message: cause.message, cause });
}

function meaningOf(error: TRPCError): AppError | null {
  if (error.cause instanceof ZodError && error.code === "BAD_REQUEST") return null;
  if (error.cause instanceof AppError) return error.cause;
  if (isWriteRefused(error)) return new AppError("saving-paused", {}, { cause: error });
  if (isNotReady(error)) {
    const reason = isSchemaMismatch(error) ? "schema-mismatch" : "database-unreachable";
    return new AppError("database-not-ready", { reason }, { cause: error });
  }
  return null;
}

/** Whether the whole answer says nothing but "ask again in a moment". */
export function saysNotReady(error: TRPCError): boolean {
  return isAppError(error.cause, "database-not-ready");
}

/** Whether a write was refused because saving is paused. */
export function saysPaused(error: TRPCError): boolean {
  return isAppError(error.cause, "saving-paused");
}

/** The words that a page shows. Of an error that is not ours it tells nothing: what it says may be anything. */
export function problemOf(error: TRPCError): Problem {
  const { cause } = error;
  if (error.code === "BAD_REQUEST" && cause instanceof ZodError) {
    return new AppError("input-invalid", { reason: firstIssue(cause) }).problem;
  }
  if (cause instanceof AppError) return toProblem(cause);
  if (error.code === "NOT_FOUND") return new AppError("not-found", { what: "address" }).problem;
  const ours = error.code === "INTERNAL_SERVER_ERROR";
  return new AppError("unexpected", { detail: ours ? "the log of the server has the details." : error.message }).problem;
}

/** What is wrong with single fields of the input, by their path (`lines.0.quantity`), for the form to show beside them. */
export function fieldsOf({ code, cause }: TRPCError): Record<string, string> {
  if (cause instanceof ZodError && code === "BAD_REQUEST") {
    return Object.fromEntries(cause.issues.toReversed().map(({ path, message }) => [path.join("."), message]));
  }
  return cause instanceof FieldError ? { [cause.field]: cause.problem.happened } : {};
}
