import { createHash, createHmac } from "node:crypto";

export type Credentials = { accessKeyId: string; secret: string; region: string };

export type Signable = {
  method: string;
  /** Path and query exactly as they are sent; the path is already percent-encoded. */
  url: URL;
  /** Lower-case names. All of them are signed, `host` beside them. */
  headers: Record<string, string>;
  /** SHA-256 of the body in hex, which the server compares with what comes. */
  payloadSha256: string;
  now: Date;
};

/** The headers of a request with its signature (AWS Signature Version 4, service `s3`). */
export function signed({ method, url, headers, payloadSha256, now }: Signable, credentials: Credentials): Record<string, string> {
  const instant = now.toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
  const day = instant.slice(0, 8);
  const all: Record<string, string> = { ...headers, "x-amz-content-sha256": payloadSha256, "x-amz-date": instant };
  const toSign: Record<string, string> = { ...all, host: url.host };
  const names = Object.keys(toSign).toSorted();
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url),
    ...names.map((name) => `${name}:${(toSign[name] ?? "").trim().replaceAll(/ +/g, " ")}`),
    "",
    names.join(";"),
    payloadSha256,
  ].join("\n");
  const scope = `${day}/${credentials.region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", instant, scope, sha256Hex(canonical)].join("\n");
  const key = [credentials.region, "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${credentials.secret}`, day));
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const credential = `${credentials.accessKeyId}/${scope}`;
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

/** As RFC 3986 wants it: `encodeURIComponent` leaves five characters that S3 encodes. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A query as it is sent and signed: sorted by name, everything encoded, `=` also behind a name without a value. */
export function queryOf(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .toSorted()
    .join("&");
}

/** Our own queries are already in that form. */
function canonicalQuery(url: URL): string {
  return url.search.replace(/^\?/, "");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

export function sha256Hex(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
