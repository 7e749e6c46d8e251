import { Readable } from "node:stream";
import { AppError } from "../../platform/errors.ts";
import type { Expected, ObjectStore, Source, Stored, TransferOptions } from "../object-store.ts";
import { md5OfEtag } from "../rules/s3-answer.ts";
import { verified } from "../verified.ts";
import type { S3Deps } from "./connection.ts";
import { S3Connection } from "./connection.ts";
import { abortUploads, checksumHeaders, md5Of, putInParts } from "./multipart.ts";
import { element, elements } from "./xml.ts";

/** 16 MiB: at least 5 by S3's rules, and a lost part should not cost much. An object may have 10,000. */
const PART_BYTES = 16 * 1024 * 1024;
/** Times that a download goes on after it broke off without a byte in between. */
const RESUMES = 5;

/** Objects in a bucket of an S3-compatible service. */
export function s3Store(deps: S3Deps & { partBytes?: number }): ObjectStore {
  const connection = new S3Connection(deps);
  const preferredPartBytes = deps.partBytes ?? PART_BYTES;
  return {
    where: connection.where,
    // A bucket is there or not; each request finds out.
    claim: () => Promise.resolve(),
    put: async (name, source, options = {}) => {
      try {
        const md5 =
          source.bytes <= preferredPartBytes
            ? await putWhole(connection, { name, source }, options)
            : await putInParts(connection, { name, source, preferredPartBytes }, options);
        await verifyPut(connection, { name, source, md5 }, options.signal);
      } catch (error) {
        const passes = error instanceof AppError && error.code === "offsite-unreachable";
        // What cannot be cleaned up either is listed, and given up by the next attempt or a delete.
        if (!passes) await abortUploads(connection, name).catch(() => undefined);
        throw error;
      }
    },
    get: (name, options = {}) => getObject(connection, name, options),
    head: async (name) => {
      const { found, headers } = await connection.send({ method: "HEAD", name });
      return found ? { name, bytes: Number(headers["content-length"]), sha256: headers["x-amz-meta-sha256"] ?? null } : null;
    },
    list: (signal) => listObjects(connection, signal),
    delete: async (name) => {
      await connection.send({ method: "DELETE", name });
      await abortUploads(connection, name);
    },
    clockAheadSeconds: () => connection.aheadSeconds(),
  };
}

async function putWhole(
  connection: S3Connection,
  { name, source }: { name: string; source: Source },
  { signal, onBytes }: TransferOptions,
): Promise<string> {
  const body = await source.read(0, source.bytes);
  const md5 = md5Of(body);
  const headers = {
    "content-type": "application/octet-stream",
    "x-amz-meta-sha256": source.sha256,
    ...checksumHeaders(md5),
  };
  await connection.send({ method: "PUT", name, headers, body, signal, onSent: onBytes });
  return md5.toString("hex");
}

/** Asks what lies there now; what is not what we sent is taken away again. */
async function verifyPut(
  connection: S3Connection,
  { name, source, md5 }: { name: string; source: Source; md5: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { found, headers } = await connection.send({ method: "HEAD", name, signal });
  const seen = md5OfEtag(headers["etag"], headers["x-amz-server-side-encryption"]);
  const reason = !found
    ? "it is not there"
    : Number(headers["content-length"]) !== source.bytes
      ? `it has ${headers["content-length"] ?? "no"} bytes instead of ${source.bytes}`
      : headers["x-amz-meta-sha256"] !== source.sha256 || (seen !== null && seen !== md5)
        ? "its checksum is another"
        : null;
  if (reason === null) return;
  await connection.send({ method: "DELETE", name });
  throw new AppError("offsite-differs", { where: connection.where, what: name, reason });
}

async function getObject(
  connection: S3Connection,
  name: string,
  { expected, signal, onBytes }: TransferOptions & { expected?: Expected },
): Promise<Readable> {
  const first = await connection.open({ method: "GET", name, signal });
  if (first === null) throw new AppError("offsite-missing", { where: connection.where, what: name });
  const bytes = Number(first.headers["content-length"]);
  const parts = resumed(connection, { name, bytes, first, signal });
  const about = { where: connection.where, what: name, expected: expected ?? { bytes, sha256: null } };
  return Readable.from(verified(parts, about, onBytes), { objectMode: false });
}

type Opened = { headers: Record<string, string>; body: Readable };

/** The bytes of an object, over as many connections as it takes; all of them of the same object. */
async function* resumed(
  connection: S3Connection,
  { name, bytes, first, signal }: { name: string; bytes: number; first: Opened; signal: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const etag = first.headers["etag"];
  let opened = first;
  for (let at = 0, failures = 0; ;) {
    try {
      for await (const chunk of opened.body as AsyncIterable<Buffer>) {
        at += chunk.length;
        failures = 0;
        yield chunk;
      }
      return;
    } catch (error) {
      signal?.throwIfAborted();
      failures += 1;
      if (failures > RESUMES || at >= bytes) throw connection.unreachable("it broke off while it sent the copy", error);
      await connection.pause(failures, signal);
    }
    opened = await reopen(connection, { name, at, etag, signal });
  }
}

async function reopen(
  connection: S3Connection,
  { name, at, etag, signal }: { name: string; at: number; etag: string | undefined; signal: AbortSignal | undefined },
): Promise<Opened> {
  const headers: Record<string, string> = { range: `bytes=${at}-` };
  if (etag !== undefined) headers["if-match"] = etag;
  const opened = await connection.open({ method: "GET", name, headers, signal });
  if (opened === null) throw new AppError("offsite-missing", { where: connection.where, what: name });
  if (opened.headers["content-range"]?.startsWith(`bytes ${at}-`) === true) return opened;
  opened.body.destroy();
  throw connection.unreachable("it broke off, and does not go on from there");
}

async function listObjects(connection: S3Connection, signal: AbortSignal | undefined): Promise<Stored[]> {
  const prefix = connection.keyOf("");
  const found: Stored[] = [];
  for (let token: string | null = ""; token !== null;) {
    const query: Record<string, string> = { "list-type": "2", "max-keys": "1000" };
    if (prefix !== "") query["prefix"] = prefix;
    if (token !== "") query["continuation-token"] = token;
    const { text } = await connection.send({ method: "GET", query, signal });
    if (!text.includes("<ListBucketResult")) {
      throw new AppError("offsite-refused", { where: connection.where, reason: "it does not list what is in the bucket" });
    }
    found.push(...elements(text, "Contents").flatMap((entry) => storedBelow(prefix, entry)));
    const next = element(text, "IsTruncated") === "true" ? element(text, "NextContinuationToken") : null;
    token = next === token ? null : next;
  }
  return found.toSorted(byName);
}

/** What lies deeper is somebody else's. */
function storedBelow(prefix: string, entry: string): Stored[] {
  const key = element(entry, "Key") ?? "";
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : "";
  return name === "" || name.includes("/") ? [] : [{ name, bytes: Number(element(entry, "Size")), sha256: null }];
}

function byName(a: Stored, b: Stored): number {
  return a.name < b.name ? -1 : 1;
}
