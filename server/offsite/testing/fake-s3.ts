import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { S3Storage } from "../contract.ts";
import { hex, refusalOf } from "./fake-s3-signature.ts";

/** What goes wrong with a request. `lose`: it is done, and the answer lost. `lie`: it is done, and the checksum answered is another. */
export type Fault =
  | { kind: "status"; status: number; code: string }
  | { kind: "reset" }
  | { kind: "lose" }
  | { kind: "lie" }
  /** The body ends after so many bytes, with the connection. */
  | { kind: "cut"; after: number }
  /** A byte of what is given out is another. */
  | { kind: "flip" };

export type Seen = { op: string; key: string; part: number };

type FakeObject = { body: Buffer; etag: string; sha256: string | undefined };
type Upload = { key: string; sha256: string | undefined; parts: Map<number, Buffer> };

/** S3 in memory, as strict as the real one about signatures, digests and multipart uploads, and as faulty as a test wants it. */
export class FakeS3 {
  readonly objects = new Map<string, FakeObject>();
  readonly uploads = new Map<string, Upload>();
  /** What was asked for, in order, with the number of the part where it has one. */
  readonly asked: string[] = [];
  readonly storage: S3Storage;
  readonly secret = "wJalrXUtnFEMI/K7MDENG+secret";
  /** Looked at for each request, after its signature was found right. */
  fault: (seen: Seen) => Fault | null = () => null;
  now: () => Date = () => new Date();
  region = "eu-test-1";
  roomBytes = Number.POSITIVE_INFINITY;
  pageSize = 1000;
  minPartBytes = 1024;
  readonly #server;
  #uploadsBegun = 0;

  private constructor(server: ReturnType<typeof createServer>, storage: S3Storage) {
    this.#server = server;
    this.storage = storage;
  }

  static async start(): Promise<FakeS3> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [bucket, prefix, accessKeyId] = ["farm-copies", "filaops/one", "AKIAFAKE"];
    const fake = new FakeS3(server, {
      kind: "s3",
      endpoint,
      region: "eu-test-1",
      bucket,
      prefix,
      accessKeyId,
      forcePathStyle: true,
    });
    server.on("request", (request, response) => void fake.#answer(request, response));
    return fake;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("date", this.now().toUTCString());
    const body = await buffer(request).catch(() => null);
    if (body === null) return;
    const { accessKeyId } = this.storage;
    const refusal = refusalOf(request, body, { accessKeyId, secret: this.secret, region: this.region, now: this.now() });
    if (refusal !== null) {
      error(response, request, refusal);
      return;
    }
    const url = new URL(request.url ?? "", this.storage.endpoint);
    const { bucket, key } = this.#placeOf(request, url);
    const seen = { op: operationOf(request, url, key), key, part: Number(url.searchParams.get("partNumber") ?? 0) };
    this.asked.push(seen.part === 0 ? seen.op : `${seen.op} ${seen.part}`);
    const fault = this.fault(seen);
    if (fault?.kind === "reset") request.socket.destroy();
    else if (fault?.kind === "status") error(response, request, fault);
    else if (bucket !== this.storage.bucket) error(response, request, { status: 404, code: "NoSuchBucket" });
    else this.#perform({ request, response, url, body, fault, ...seen });
  }

  #placeOf(request: IncomingMessage, url: URL): { bucket: string; key: string } {
    const path = decodeURIComponent(url.pathname.slice(1));
    if (request.headers.host?.startsWith(`${this.storage.bucket}.`) === true) return { bucket: this.storage.bucket, key: path };
    const [bucket = "", ...rest] = path.split("/");
    return { bucket, key: rest.join("/") };
  }

  #perform(work: Work): void {
    const { response, request, fault } = work;
    const result = this.#operate(work);
    if (fault?.kind === "lose") request.socket.destroy();
    else if ("code" in result) error(response, request, result);
    else reply(work, result);
  }

  #operate(work: Work): Result {
    switch (work.op) {
      case "PutObject":
        return this.#keep(work.key, { body: work.body, etag: hex("md5", work.body), sha256: metaOf(work.request) });
      case "GetObject":
      case "HeadObject":
        return this.#give(work);
      case "DeleteObject":
        this.objects.delete(work.key);
        return { status: 204 };
      case "ListObjectsV2":
        return this.#list(work.url);
      case "CreateMultipartUpload": {
        this.#uploadsBegun += 1;
        const id = `upload-${this.#uploadsBegun}`;
        this.uploads.set(id, { key: work.key, sha256: metaOf(work.request), parts: new Map() });
        return { content: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>` };
      }
      case "ListMultipartUploads": {
        const prefix = work.url.searchParams.get("prefix") ?? "";
        const found = [...this.uploads].filter(([, { key }]) => key.startsWith(prefix));
        const items = found.map(
          ([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${id}</Initiated></Upload>`,
        );
        return { content: `<ListMultipartUploadsResult>${items.join("")}</ListMultipartUploadsResult>` };
      }
      default:
        return this.#withUpload(work);
    }
  }

  #withUpload({ op, key, part, url, body }: Work): Result {
    const id = url.searchParams.get("uploadId") ?? "";
    const upload = this.uploads.get(id);
    if (upload?.key !== key) return { status: 404, code: "NoSuchUpload" };
    if (op === "AbortMultipartUpload") {
      this.uploads.delete(id);
      return { status: 204 };
    }
    if (op === "ListParts") return this.#listParts(upload, Number(url.searchParams.get("part-number-marker") ?? 0));
    if (op === "UploadPart") {
      if (this.#used() + body.length > this.roomBytes) return { status: 403, code: "QuotaExceeded" };
      upload.parts.set(part, body);
      return { headers: { etag: `"${hex("md5", body)}"` } };
    }
    return this.#complete(id, upload, body.toString());
  }

  #complete(id: string, upload: Upload, xml: string): Result {
    const listed = [...xml.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>(.*?)<\/ETag><\/Part>/g)];
    const bodies: Buffer[] = [];
    for (const [at, [, number, etag]] of listed.entries()) {
      const part = upload.parts.get(Number(number));
      if (part === undefined || etag !== `"${hex("md5", part)}"` || Number(number) !== at + 1) {
        return { status: 400, code: "InvalidPart" };
      }
      if (at < listed.length - 1 && part.length < this.minPartBytes) return { status: 400, code: "EntityTooSmall" };
      bodies.push(part);
    }
    if (bodies.length === 0) return { status: 400, code: "MalformedXML" };
    this.uploads.delete(id);
    const md5s = bodies.map((body) => Buffer.from(hex("md5", body), "hex"));
    const etag = `${hex("md5", Buffer.concat(md5s))}-${bodies.length}`;
    const kept = this.#keep(upload.key, { body: Buffer.concat(bodies), etag, sha256: upload.sha256 });
    return "code" in kept
      ? kept
      : { content: `<CompleteMultipartUploadResult><ETag>"${etag}"</ETag></CompleteMultipartUploadResult>` };
  }

  #keep(key: string, object: FakeObject): Result {
    if (this.#used() + object.body.length > this.roomBytes) return { status: 507, code: "XMinioStorageFull" };
    this.objects.set(key, object);
    return { headers: { etag: `"${object.etag}"` } };
  }

  #give({ key, request }: Work): Result {
    const object = this.objects.get(key);
    if (object === undefined) return { status: 404, code: "NoSuchKey" };
    const { body, etag, sha256 } = object;
    const wanted = request.headers["if-match"];
    if (wanted !== undefined && wanted !== `"${etag}"`) return { status: 412, code: "PreconditionFailed" };
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const content = body.subarray(start);
    const headers: Record<string, string> = { etag: `"${etag}"`, "content-length": String(content.length) };
    if (sha256 !== undefined) headers["x-amz-meta-sha256"] = sha256;
    if (request.headers.range === undefined) return { headers, content };
    headers["content-range"] = `bytes ${start}-${body.length - 1}/${body.length}`;
    return { status: 206, headers, content };
  }

  #list(url: URL): Result {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(url.searchParams.get("prefix") ?? "")).sort();
    const start = Number(url.searchParams.get("continuation-token") ?? 0);
    const page = keys.slice(start, start + this.pageSize);
    const items = page.map((key) => `<Contents><Key>${key}</Key><Size>${this.objects.get(key)?.body.length}</Size></Contents>`);
    const more = start + page.length < keys.length;
    const next = more ? `<NextContinuationToken>${start + page.length}</NextContinuationToken>` : "";
    return { content: `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${items.join("")}</ListBucketResult>` };
  }

  #listParts(upload: Upload, marker: number): Result {
    const numbers = [...upload.parts.keys()].filter((number) => number > marker).sort((a, b) => a - b);
    const page = numbers.slice(0, this.pageSize);
    const items = page.map((number) => {
      const body = upload.parts.get(number) ?? Buffer.alloc(0);
      return `<Part><PartNumber>${number}</PartNumber><ETag>&quot;${hex("md5", body)}&quot;</ETag><Size>${body.length}</Size></Part>`;
    });
    const more = page.length < numbers.length;
    const next = more ? `<NextPartNumberMarker>${page.at(-1)}</NextPartNumberMarker>` : "";
    return { content: `<ListPartsResult><IsTruncated>${more}</IsTruncated>${next}${items.join("")}</ListPartsResult>` };
  }

  #used(): number {
    const parts = [...this.uploads.values()].flatMap((upload) => [...upload.parts.values()]);
    const bodies = [...this.objects.values()].map(({ body }) => body);
    return [...bodies, ...parts].reduce((sum, body) => sum + body.length, 0);
  }
}

type Work = Seen & { request: IncomingMessage; response: ServerResponse; url: URL; body: Buffer; fault: Fault | null };
type Given = { status?: number; headers?: Record<string, string>; content?: string | Buffer };
type Result = Given | { status: number; code: string };

function reply({ request, response, fault }: Work, { status = 200, headers = {}, content = "" }: Given): void {
  response.writeHead(status, { ...headers, ...(fault?.kind === "lie" ? liesAbout(headers) : {}) });
  if (fault?.kind === "flip" && Buffer.isBuffer(content)) response.end(flipped(content));
  else if (fault?.kind === "cut") response.write(content.slice(0, fault.after), () => request.socket.destroy());
  else response.end(request.method === "HEAD" ? "" : content);
}

function operationOf({ method }: IncomingMessage, { searchParams }: URL, key: string): string {
  if (searchParams.has("uploads")) return method === "POST" ? "CreateMultipartUpload" : "ListMultipartUploads";
  if (searchParams.has("uploadId")) {
    return (
      { PUT: "UploadPart", POST: "CompleteMultipartUpload", DELETE: "AbortMultipartUpload", GET: "ListParts" }[method ?? ""] ??
      "?"
    );
  }
  if (key === "") return "ListObjectsV2";
  return { PUT: "PutObject", GET: "GetObject", HEAD: "HeadObject", DELETE: "DeleteObject" }[method ?? ""] ?? "?";
}

function metaOf(request: IncomingMessage): string | undefined {
  return request.headers["x-amz-meta-sha256"] as string | undefined;
}

function error(
  response: ServerResponse,
  request: IncomingMessage,
  { status, code, extra = "" }: { status: number; code: string; extra?: string },
): void {
  response.writeHead(status, { "content-type": "application/xml" });
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>the words of ${code}</Message>${extra}</Error>`;
  response.end(request.method === "HEAD" ? "" : xml);
}

function liesAbout(headers: Record<string, string>): Record<string, string> {
  return "etag" in headers ? { etag: `"${"0".repeat(32)}"` } : {};
}

function flipped(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}
