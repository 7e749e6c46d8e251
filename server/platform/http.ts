import { createHash } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Dispatcher } from "undici";
import type { Clock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import { AppError } from "./errors.ts";
import { freeBytes, isErrno, remove, syncFolder } from "./files.ts";
import type { RequestOptions } from "./guarded-request.ts";
import { guardedRequest } from "./guarded-request.ts";

export type FetchOptions = RequestOptions & {
  /** The body may not be larger; what is more is not read. */
  maxBytes: number;
  /** For the whole answer, redirects and body included. */
  timeoutMs: number;
};

/** Names of headers are lower case. */
export type Answer = { status: number; headers: Record<string, string>; body: Buffer };

/**
 * Fetches a small answer whole, whatever its status, under the rules of `guardedRequest`. Throws `address-refused`, `network-unreachable`,
 * `answer-too-large` or `took-too-long`.
 */
export async function fetchLimited(url: string, options: FetchOptions): Promise<Answer> {
  const late = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal]);
  const host = URL.canParse(url) ? new URL(url).host : "the address";
  try {
    return await guardedRequest(url, { ...options, signal }, async (response) => {
      const body = await readLimited(response, { maxBytes: options.maxBytes, host });
      return { status: response.statusCode, headers: plainHeaders(response.headers), body };
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (late.aborted) {
      const details = { what: `The answer of ${host}`, seconds: Math.round(options.timeoutMs / 1000) };
      throw new AppError("took-too-long", details, { cause: error });
    }
    if (error instanceof AppError) throw error;
    throw new AppError("network-unreachable", { host, reason: reasonOf(error) }, { cause: error });
  }
}

async function readLimited(response: Dispatcher.ResponseData, { maxBytes, host }: { maxBytes: number; host: string }) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AppError("answer-too-large", { host, maxBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function plainHeaders(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}

export type DownloadOptions = {
  /** The digest that the file must have, in hex. */
  sha256: string;
  /** The size that the file must have; not a byte more is read. */
  bytes: number;
  /** How many bytes have come; begins anew when the download does. */
  onBytes?: (bytes: number) => void;
  allowHost?: (host: string) => boolean;
  signal?: AbortSignal;
  clock?: Clock;
  random?: () => number;
};

/** What one attempt came to; what is permanent is thrown. */
type Attempt = { kind: "done" } | { kind: "passing"; reason: string; retryAfterMs: number | null; cause?: unknown };

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
/** A server that wants us to wait longer is told as it is: the person decides. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Fetches a file to `path`, whole, with the given size and digest, and durable; else `path` is as it was. What comes is written to
 * `<path>.part` meanwhile. Tries again a few times after a 5xx, 408, 429 or a lost connection. Throws `download-differs`,
 * `answer-refused`, `download-interrupted`, `address-refused` or `disk-full`, or the reason of an abort.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { clock = systemClock, random = Math.random } = options;
  for (let attempt = 1; ; attempt += 1) {
    const result = await tryOnce(url, path, options);
    if (result.kind === "done") return;
    const pauseMs = result.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random());
    if (attempt === ATTEMPTS || pauseMs > LONGEST_PAUSE_MS) {
      const details = { host: new URL(url).host, attempts: attempt, reason: result.reason };
      throw new AppError("download-interrupted", details, { cause: result.cause });
    }
    await clock.sleep(pauseMs, options.signal);
  }
}

async function tryOnce(url: string, path: string, options: DownloadOptions): Promise<Attempt> {
  const part = `${path}.part`;
  try {
    const attempt = await guardedRequest(url, options, (response) => receive(response, { url, part, options }));
    if (attempt.kind !== "done") return attempt;
    await rename(part, path);
    await syncFolder(dirname(path));
    return attempt;
  } catch (error) {
    await remove(part);
    options.signal?.throwIfAborted();
    if (isErrno(error, "ENOSPC") || isErrno(error, "EDQUOT")) {
      const free = await freeBytes(dirname(path));
      throw new AppError("disk-full", { path: dirname(path), neededBytes: options.bytes, freeBytes: free }, { cause: error });
    }
    if (isPermanent(error)) throw error;
    return { kind: "passing", reason: reasonOf(error), retryAfterMs: null, cause: error };
  }
}

/** A name that is not known may be known in a second; errors of the file system will not go away by themselves. */
function isPermanent(error: unknown): boolean {
  if (error instanceof AppError) return error.code !== "network-unreachable";
  return error instanceof Error && "syscall" in error && ["open", "write", "fsync", "rename"].includes(String(error.syscall));
}

type Receiving = { url: string; part: string; options: DownloadOptions };

async function receive(response: Dispatcher.ResponseData, { url, part, options }: Receiving): Promise<Attempt> {
  const host = new URL(url).host;
  const status = response.statusCode;
  if (status >= 500 || status === 408 || status === 429) {
    return { kind: "passing", reason: `it answered HTTP ${status}.`, retryAfterMs: retryAfter(response, options.clock) };
  }
  if (status !== 200) throw new AppError("answer-refused", { host, status });
  const announced = response.headers["content-length"];
  if (typeof announced === "string" && Number(announced) !== options.bytes) {
    throw new AppError("download-differs", { host, what: "size" });
  }
  const handle = await open(part, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o644);
  try {
    const received = await write(response, handle, options);
    if (received.bytes !== options.bytes) throw new AppError("download-differs", { host, what: "size" });
    if (received.sha256 !== options.sha256) throw new AppError("download-differs", { host, what: "content" });
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { kind: "done" };
}

/** Stops at the first byte too many. */
async function write(response: Dispatcher.ResponseData, handle: FileHandle, { bytes: wanted, onBytes }: DownloadOptions) {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > wanted) break;
    hash.update(chunk);
    await handle.writeFile(chunk);
    onBytes?.(bytes);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** `Retry-After` in milliseconds, given as seconds or as a date; `null` when there is none that can be read. */
function retryAfter(response: Dispatcher.ResponseData, clock: Clock = systemClock): number | null {
  const value = response.headers["retry-after"];
  if (typeof value !== "string") return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - clock.now().getTime());
}

/** The part of a network error that says something to a person: the innermost message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
  return inner instanceof Error ? reasonOf(inner) : `${error.message}.`;
}
