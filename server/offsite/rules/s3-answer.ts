/** What S3 answered, as far as it decides how to go on. `code` and `message` are those of its error; `region` what it says of the bucket's. */
export type S3Answer = {
  status: number;
  code: string | null;
  message: string | null;
  region: string | null;
  /** How far its clock is ahead of the one that we signed with, in milliseconds; `null` when it does not say. */
  aheadMs: number | null;
};

export type S3Verdict =
  | { kind: "fine" }
  /** No such object or upload: the caller knows what that means. */
  | { kind: "missing" }
  /** Passes, perhaps. */
  | { kind: "again"; reason: string }
  /** What came there was not what we sent. */
  | { kind: "mangled"; reason: string }
  | { kind: "skewed"; aheadMs: number }
  | { kind: "denied" | "full" | "refused"; reason: string }
  | { kind: "no-bucket" }
  | { kind: "wrong-region"; expected: string | null };

type Named = Exclude<S3Verdict["kind"], "fine" | "skewed">;

const KINDS: Record<string, Named> = {
  NoSuchKey: "missing",
  NoSuchUpload: "missing",
  NoSuchBucket: "no-bucket",
  PermanentRedirect: "wrong-region",
  TemporaryRedirect: "wrong-region",
  AuthorizationHeaderMalformed: "wrong-region",
  IllegalLocationConstraintException: "wrong-region",
  BadDigest: "mangled",
  InvalidDigest: "mangled",
  XAmzContentSHA256Mismatch: "mangled",
  XAmzContentChecksumMismatch: "mangled",
  IncompleteBody: "again",
  RequestTimeout: "again",
  SlowDown: "again",
  InternalError: "again",
  OperationAborted: "again",
  AccessDenied: "denied",
  InvalidAccessKeyId: "denied",
  SignatureDoesNotMatch: "denied",
  QuotaExceeded: "full",
  InsufficientStorage: "full",
  XMinioStorageFull: "full",
  XMinioAdminBucketQuotaExceeded: "full",
};

const STATUSES: Record<number, Named> = {
  301: "wrong-region",
  307: "wrong-region",
  401: "denied",
  403: "denied",
  404: "missing",
  408: "again",
  429: "again",
  501: "refused",
  507: "full",
};

/** S3 allows 15 minutes; an answer without a body (to HEAD) names no reason, so that a clock that is further off is the likelier one. */
const ALLOWED_SKEW_MS = 14 * 60_000;

/** How to go on after an answer. By its error's name where it has one, since services differ in the numbers. */
export function judgeAnswer(answer: S3Answer): S3Verdict {
  const { status, code, aheadMs } = answer;
  if (status >= 200 && status < 300 && code === null) return { kind: "fine" };
  if (aheadMs !== null && isAboutTime(answer, aheadMs)) return { kind: "skewed", aheadMs };
  return verdictOf(kindOf(answer), answer);
}

function kindOf({ status, code, region }: S3Answer): Named {
  // To HEAD, a wrong region is answered like this.
  if (code === null && status === 400 && region !== null) return "wrong-region";
  return KINDS[code ?? ""] ?? STATUSES[status] ?? (status >= 500 ? "again" : "refused");
}

function isAboutTime({ status, code }: S3Answer, aheadMs: number): boolean {
  if (code !== null) return code === "RequestTimeTooSkewed";
  return status === 403 && Math.abs(aheadMs) > ALLOWED_SKEW_MS;
}

function verdictOf(kind: Named, { status, code, message, region }: S3Answer): S3Verdict {
  if (kind === "missing" || kind === "no-bucket") return { kind };
  if (kind === "wrong-region") return { kind, expected: region };
  const words = [code, message].filter((word) => word !== null && word !== "").join(", ");
  return { kind, reason: words === "" ? `HTTP ${status}` : `${words} (HTTP ${status})` };
}

/** The most parts that S3 takes. */
const MOST_PARTS = 10_000;
const MIB = 1024 * 1024;

/** How large the parts of an object are: always the same for the same size, so that a later attempt finds its parts again. */
export function partBytesFor(bytes: number, preferred: number): number {
  return bytes <= preferred * MOST_PARTS ? preferred : Math.ceil(bytes / MOST_PARTS / MIB) * MIB;
}

/** What an object's ETag says of its content: the MD5 of it or, for one in parts, of their MD5s. `null` where it says something else. */
export function md5OfEtag(etag: string | undefined, encryption: string | undefined): string | null {
  // With a key of their own, services answer with something random.
  if (encryption !== undefined && encryption !== "AES256") return null;
  return /^"?([0-9a-f]{32}(?:-\d{1,5})?)"?$/.exec(etag ?? "")?.[1] ?? null;
}
