import { createHash } from "node:crypto";
import { AppError, isAppError } from "../../platform/errors.ts";
import type { Source, TransferOptions } from "../object-store.ts";
import { md5OfEtag, partBytesFor } from "../rules/s3-answer.ts";
import type { S3Connection } from "./connection.ts";
import { element, elements, encoded } from "./xml.ts";

/** A part that lies there. */
type Part = { bytes: number; etag: string };

const PART_ATTEMPTS = 3;

/**
 * Puts an object in parts, of which those that lie there already are not sent again. Returns the MD5 that the whole should be known by. After
 * `offsite-unreachable` the parts stay there for the next attempt.
 */
export async function putInParts(
  connection: S3Connection,
  object: { name: string; source: Source; preferredPartBytes: number },
  options: TransferOptions,
): Promise<string> {
  const { name, source } = object;
  const partBytes = partBytesFor(source.bytes, object.preferredPartBytes);
  const upload =
    (await usableUpload(connection, { name, source, partBytes }, options.signal)) ??
    (await beginUpload(connection, object, options.signal));
  try {
    return await sendParts(connection, { name, source, partBytes, upload }, options);
  } catch (error) {
    const passes = error instanceof AppError && error.code === "offsite-unreachable";
    if (!passes) await giveUp(connection, name, upload.id).catch(() => undefined);
    throw error;
  }
}

type Upload = { id: string; parts: ReadonlyMap<number, Part> };

async function sendParts(
  connection: S3Connection,
  { name, source, partBytes, upload }: { name: string; source: Source; partBytes: number; upload: Upload },
  options: TransferOptions,
): Promise<string> {
  const done: Part[] = [];
  const md5s: Buffer[] = [];
  for (let start = 0, number = 1; start < source.bytes; start += partBytes, number += 1) {
    options.signal?.throwIfAborted();
    const body = await source.read(start, Math.min(partBytes, source.bytes - start));
    const md5 = md5Of(body);
    const there = upload.parts.get(number);
    const part =
      there !== undefined && isThatPart(there, body, md5)
        ? there
        : await putPart(connection, { name, upload: upload.id, number, body, md5, start }, options);
    options.onBytes?.(start + body.length);
    done.push(part);
    md5s.push(md5);
  }
  await complete(connection, { name, upload: upload.id, parts: done, source }, options.signal);
  return `${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-${done.length}`;
}

/** Gives up all uploads of this object that were begun. */
export async function abortUploads(connection: S3Connection, name: string): Promise<void> {
  for (const id of await uploadsOf(connection, name)) await giveUp(connection, name, id);
}

async function giveUp(connection: S3Connection, name: string, uploadId: string): Promise<void> {
  await connection.send({ method: "DELETE", name, query: { uploadId } });
}

export function md5Of(body: Buffer): Buffer {
  return createHash("md5").update(body).digest();
}

/**
 * By this and by the signature, which holds the body's SHA-256, the service checks what it received. Not by `x-amz-checksum-sha256`: B2 and R2
 * refuse requests that carry it.
 */
export function checksumHeaders(md5: Buffer): Record<string, string> {
  return { "content-md5": md5.toString("base64") };
}

async function beginUpload(
  connection: S3Connection,
  { name, source }: { name: string; source: Source },
  signal: AbortSignal | undefined,
): Promise<Upload> {
  const headers = {
    "content-type": "application/octet-stream",
    "x-amz-meta-sha256": source.sha256,
  };
  const { text } = await connection.send({ method: "POST", name, query: { uploads: "" }, headers, signal });
  const id = element(text, "UploadId");
  if (id === null || id === "") throw connection.unreachable("it gave no upload id");
  return { id, parts: new Map<number, Part>() };
}

/**
 * What an earlier attempt with the very same content left. Each encryption begins with bytes of its own, so that the first part tells; what
 * belongs to another content is given up, since its description would be that content's.
 */
async function usableUpload(
  connection: S3Connection,
  { name, source, partBytes }: { name: string; source: Source; partBytes: number },
  signal: AbortSignal | undefined,
): Promise<Upload | null> {
  const upload = await openUpload(connection, name, signal);
  const first = upload?.parts.get(1);
  if (upload === null) return null;
  const body = await source.read(0, Math.min(partBytes, source.bytes));
  if (first !== undefined && isThatPart(first, body, md5Of(body))) return upload;
  await giveUp(connection, name, upload.id);
  return null;
}

/** What an earlier attempt left: the newest upload of this name, with its parts. Older ones are given up. */
async function openUpload(connection: S3Connection, name: string, signal: AbortSignal | undefined): Promise<Upload | null> {
  const ids = await uploadsOf(connection, name);
  const id = ids.at(-1);
  if (id === undefined) return null;
  for (const old of ids.slice(0, -1)) await giveUp(connection, name, old);
  const parts = new Map<number, Part>();
  for (let marker = "0"; ;) {
    const query = { uploadId: id, "part-number-marker": marker, "max-parts": "1000" };
    const { found, text } = await connection.send({ method: "GET", name, query, signal });
    if (!found) return null;
    for (const part of elements(text, "Part")) {
      parts.set(Number(element(part, "PartNumber")), {
        bytes: Number(element(part, "Size")),
        etag: element(part, "ETag") ?? "",
      });
    }
    const next = element(text, "NextPartNumberMarker");
    if (element(text, "IsTruncated") !== "true" || next === null || next === marker) return { id, parts };
    marker = next;
  }
}

/** The ids of all uploads of exactly this name, the oldest first; none where the service or the key's rights do not let them be listed. */
async function uploadsOf(connection: S3Connection, name: string): Promise<string[]> {
  const key = connection.keyOf(name);
  const query = { uploads: "", prefix: key, "max-uploads": "1000" };
  const reply = await connection.send({ method: "GET", query }).catch((error: unknown) => {
    if (isAppError(error, "offsite-refused") || isAppError(error, "offsite-denied")) return null;
    throw error;
  });
  return elements(reply?.text ?? "", "Upload")
    .filter((upload) => element(upload, "Key") === key)
    .map((upload) => ({ id: element(upload, "UploadId") ?? "", at: element(upload, "Initiated") ?? "" }))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ id }) => id);
}

function isThatPart(part: Part, body: Buffer, md5: Buffer): boolean {
  return part.bytes === body.length && md5OfEtag(part.etag, undefined) === md5.toString("hex");
}

type PartRequest = { name: string; upload: string; number: number; body: Buffer; md5: Buffer; start: number };

/** Sends one part until the service says that it has exactly that. */
async function putPart(connection: S3Connection, request: PartRequest, options: TransferOptions): Promise<Part> {
  const { name, upload, number, body, md5, start } = request;
  for (let attempt = 1; ; attempt += 1) {
    const { found, headers } = await connection.send({
      method: "PUT",
      name,
      query: { partNumber: String(number), uploadId: upload },
      headers: checksumHeaders(md5),
      body,
      signal: options.signal,
      onSent: (bytes) => options.onBytes?.(start + bytes),
    });
    if (!found) throw connection.unreachable("it gave up the upload meanwhile");
    const seen = md5OfEtag(headers["etag"], headers["x-amz-server-side-encryption"]);
    if (seen === null || seen === md5.toString("hex")) return { bytes: body.length, etag: headers["etag"] ?? "" };
    if (attempt === PART_ATTEMPTS) {
      const reason = "the checksum that it answers with is another";
      throw new AppError("offsite-differs", { where: connection.where, what: `part ${number} of ${name}`, reason });
    }
    await connection.pause(attempt, options.signal);
  }
}

async function complete(
  connection: S3Connection,
  { name, upload, parts, source }: { name: string; upload: string; parts: Part[]; source: Source },
  signal: AbortSignal | undefined,
): Promise<void> {
  const listed = parts.map(({ etag }, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${encoded(etag)}</ETag></Part>`);
  const xml = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join("")}</CompleteMultipartUpload>`;
  const headers = { "content-type": "application/xml" };
  const body = Buffer.from(xml);
  const { found } = await connection.send({ method: "POST", name, query: { uploadId: upload }, headers, body, signal });
  if (found) return;
  // An answer that was lost on its way makes us ask twice; the first time may have been enough.
  const { found: isThere, headers: seen } = await connection.send({ method: "HEAD", name, signal });
  if (!isThere || seen["x-amz-meta-sha256"] !== source.sha256) throw connection.unreachable("it gave up the upload meanwhile");
}
