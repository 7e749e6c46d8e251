import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { Agent, request } from "undici";
import type { Clock } from "../../platform/clock.ts";
import { AppError } from "../../platform/errors.ts";
import type { S3Storage } from "../contract.ts";
import type { S3Verdict } from "../rules/s3-answer.ts";
import { judgeAnswer } from "../rules/s3-answer.ts";
import { percentEncoded, queryOf, sha256Hex, signed } from "./sign.ts";
import { element } from "./xml.ts";

export type S3Deps = {
  storage: S3Storage;
  secret: string;
  clock: Clock;
  random?: () => number;
  /** How connections are made; the caller's rules about addresses belong here. */
  dispatcher?: Dispatcher;
};

export type Call = {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** The object's name below the storage's prefix; the bucket itself without one. */
  name?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Buffer;
  signal?: AbortSignal | undefined;
  /** How much of the body has gone in the attempt that goes on. */
  onSent?: ((bytes: number) => void) | undefined;
};

/** `found` is false when there is no such object or upload. Names of headers are lower case. */
export type Reply = { found: boolean; headers: Record<string, string>; text: string };

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
const MOST_TEXT = 8 * 1024 * 1024;
const SLICE = 128 * 1024;

/**
 * Speaks S3's protocol with one bucket: signs, tries again what may pass, corrects the clock once, and turns what is final into words.
 */
export class S3Connection {
  readonly where: string;
  readonly bucket: string;
  readonly #deps: Required<Omit<S3Deps, "dispatcher">> & { dispatcher: Dispatcher };
  #aheadMs = 0;

  constructor(deps: S3Deps) {
    const { storage, random = Math.random, dispatcher = ownAgent() } = deps;
    this.#deps = { ...deps, random, dispatcher };
    this.bucket = storage.bucket;
    this.where = `${new URL(storage.endpoint).host} (bucket ${storage.bucket})`;
  }

  /** Seconds that the storage's clock is ahead of ours, where we had to follow it. */
  aheadSeconds(): number {
    return Math.round(this.#aheadMs / 1000);
  }

  /** The key of an object in the bucket. */
  keyOf(name: string): string {
    const { prefix } = this.#deps.storage;
    return prefix === "" ? name : `${prefix}/${name}`;
  }

  /** Asks until there is an answer that counts, and reads it whole. */
  async send(call: Call): Promise<Reply> {
    return this.#persist(call, async (response) => {
      const text = await limitedText(response);
      return { text, value: (found, headers) => ({ found, headers, text }) };
    });
  }

  /** The body of an object as it comes; `null` when there is none. The connection may be lost in the midst of it. */
  async open(call: Call): Promise<{ headers: Record<string, string>; body: Readable } | null> {
    return this.#persist(call, async (response) => {
      const fine = response.statusCode >= 200 && response.statusCode < 300;
      const text = fine ? "" : await limitedText(response);
      return { text, value: (found, headers) => (found ? { headers, body: response.body } : null) };
    });
  }

  /** A pause before the attempt of this number, longer each time. Throws the signal's reason. */
  async pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, random } = this.#deps;
    await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random() / 2), signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  }

  unreachable(reason: string, cause?: unknown): AppError {
    return new AppError("offsite-unreachable", { where: this.where, reason }, { cause });
  }

  async #persist<T>(call: Call, read: (response: Dispatcher.ResponseData) => Promise<ReadAnswer<T>>): Promise<T> {
    let corrected = false;
    for (let attempt = 1; ; attempt += 1) {
      const tried = await this.#try(call, read);
      if (tried.kind === "done") return tried.value;
      if (tried.kind === "skewed" && !corrected) {
        this.#aheadMs += tried.aheadMs;
        corrected = true;
        continue;
      }
      const passing = tried.kind === "again" || tried.kind === "mangled";
      if (!passing || attempt >= ATTEMPTS) throw this.#problemOf(tried);
      await this.pause(attempt, call.signal);
    }
  }

  async #try<T>(call: Call, read: (response: Dispatcher.ResponseData) => Promise<ReadAnswer<T>>): Promise<Tried<T>> {
    call.signal?.throwIfAborted();
    const now = new Date(this.#deps.clock.now().getTime() + this.#aheadMs);
    try {
      const response = await this.#request(call, now);
      const { text, value } = await read(response);
      const headers = plainHeaders(response);
      const verdict = judgeAnswer({
        status: response.statusCode,
        // An error may also come with status 200, when it was found after the answer had begun.
        code: /<Error[\s>]/.test(text) ? (element(text, "Code") ?? "unnamed") : null,
        message: element(text, "Message"),
        region: element(text, "Region") ?? headers["x-amz-bucket-region"] ?? null,
        aheadMs: aheadOf(headers["date"], now),
      });
      if (verdict.kind === "fine" || verdict.kind === "missing") {
        return { kind: "done", value: value(verdict.kind === "fine", headers) };
      }
      return verdict;
    } catch (error) {
      call.signal?.throwIfAborted();
      if (error instanceof AppError) throw error;
      return { kind: "again", reason: reasonOf(error), cause: error };
    }
  }

  async #request(call: Call, now: Date): Promise<Dispatcher.ResponseData> {
    const { storage, secret, dispatcher } = this.#deps;
    const url = this.#urlOf(call);
    const { body, signal } = call;
    const headers: Record<string, string> = { ...call.headers };
    if (body !== undefined) headers["content-length"] = String(body.length);
    const payloadSha256 = sha256Hex(body ?? "");
    const credentials = { accessKeyId: storage.accessKeyId, secret, region: storage.region };
    const response = await request(url, {
      method: call.method,
      dispatcher,
      headers: { ...signed({ method: call.method, url, headers, payloadSha256, now }, credentials), "user-agent": "filaops" },
      // In slices, so that a slow line is seen to move and does not run into a timeout.
      ...(body === undefined || body.length === 0 ? {} : { body: Readable.from(slicesOf(body, call.onSent)) }),
      ...(signal === undefined ? {} : { signal }),
    });
    // Whoever reads the body is told; nobody else needs to be.
    response.body.on("error", () => undefined);
    return response;
  }

  #urlOf({ name, query = {} }: Call): URL {
    const { endpoint, bucket, forcePathStyle } = this.#deps.storage;
    const url = new URL(endpoint);
    const key = name === undefined ? "" : this.keyOf(name).split("/").map(percentEncoded).join("/");
    if (forcePathStyle) url.pathname = name === undefined ? `/${bucket}` : `/${bucket}/${key}`;
    else {
      url.hostname = `${bucket}.${url.hostname}`;
      url.pathname = `/${key}`;
    }
    url.search = queryOf(query);
    return url;
  }

  #problemOf(tried: Exclude<Tried<never>, { kind: "done" }>): AppError {
    const { where, bucket } = this;
    const { region } = this.#deps.storage;
    switch (tried.kind) {
      case "again":
        return this.unreachable(tried.reason, tried.cause);
      case "mangled":
        return new AppError("offsite-differs", { where, what: "a part of the copy", reason: tried.reason });
      case "skewed":
        return new AppError("offsite-clock", { where, seconds: Math.round((this.#aheadMs + tried.aheadMs) / 1000) });
      case "no-bucket":
        return new AppError("offsite-no-bucket", { where: new URL(this.#deps.storage.endpoint).host, bucket });
      case "wrong-region":
        return new AppError("offsite-wrong-region", { where, region, expected: tried.expected });
      case "denied":
        return new AppError("offsite-denied", { where, reason: tried.reason });
      case "full":
        return new AppError("offsite-full", { where, reason: tried.reason });
      case "refused":
        return new AppError("offsite-refused", { where, reason: tried.reason });
    }
  }
}

type ReadAnswer<T> = { text: string; value: (found: boolean, headers: Record<string, string>) => T };
type Failed = Exclude<S3Verdict, { kind: "fine" | "missing" | "again" }> | { kind: "again"; reason: string; cause?: unknown };
type Tried<T> = { kind: "done"; value: T } | Failed;

function ownAgent(): Agent {
  return new Agent({ connect: { timeout: 10_000 }, headersTimeout: 120_000, bodyTimeout: 60_000 });
}

function* slicesOf(body: Buffer, onSent: ((bytes: number) => void) | undefined): Generator<Buffer> {
  for (let at = 0; at < body.length; at += SLICE) {
    yield body.subarray(at, at + SLICE);
    onSent?.(Math.min(at + SLICE, body.length));
  }
}

async function limitedText(response: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_TEXT) throw new Error("its answer does not end");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function plainHeaders({ headers }: Dispatcher.ResponseData): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}

function aheadOf(date: string | undefined, now: Date): number | null {
  const theirs = Date.parse(date ?? "");
  return Number.isNaN(theirs) ? null : theirs - now.getTime();
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
  return inner instanceof Error ? reasonOf(inner) : error.message;
}
