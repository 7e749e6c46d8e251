import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Why a request is not let in, as S3 would say it; `null` when it is. */
export type Refusal = { status: number; code: string; extra?: string } | null;

export type Gate = { accessKeyId: string; secret: string; region: string; now: Date };

const FIFTEEN_MINUTES = 15 * 60_000;

/** Checks a request as S3 does, from nothing but what came over the wire: written from the specification, not from our client. */
export function refusalOf(request: IncomingMessage, body: Buffer, gate: Gate): Refusal {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    );
  if (given === null) return { status: 403, code: "AccessDenied" };
  const [, keyId = "", day = "", region = "", signedNames = "", signature = ""] = given;
  const date = headerOf(request, "x-amz-date");
  const refused = refusalOfScope({ keyId, region, date }, gate) ?? refusalOfNames(request, signedNames.split(";"));
  if (refused !== null) return refused;
  const payload = headerOf(request, "x-amz-content-sha256");
  const key = ["s3", "aws4_request"].reduce(mac, mac(mac(`AWS4${gate.secret}`, day), region));
  const canonical = canonicalRequest(request, signedNames.split(";"), payload);
  const text = `AWS4-HMAC-SHA256\n${date}\n${day}/${region}/s3/aws4_request\n${hex("sha256", canonical)}`;
  if (mac(key, text).toString("hex") !== signature || !date.startsWith(day)) {
    return { status: 403, code: "SignatureDoesNotMatch" };
  }
  return refusalOfBody(request, body, payload);
}

function refusalOfScope({ keyId, region, date }: { keyId: string; region: string; date: string }, gate: Gate): Refusal {
  if (keyId !== gate.accessKeyId) return { status: 403, code: "InvalidAccessKeyId" };
  if (region !== gate.region) {
    return { status: 400, code: "AuthorizationHeaderMalformed", extra: `<Region>${gate.region}</Region>` };
  }
  const sentAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(sentAt)) return { status: 403, code: "AccessDenied" };
  return Math.abs(sentAt - gate.now.getTime()) > FIFTEEN_MINUTES ? { status: 403, code: "RequestTimeTooSkewed" } : null;
}

/** Host and everything of Amazon's must be signed. */
function refusalOfNames(request: IncomingMessage, names: string[]): Refusal {
  const needed = Object.keys(request.headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  return needed.every((name) => names.includes(name)) ? null : { status: 403, code: "AccessDenied" };
}

function refusalOfBody(request: IncomingMessage, body: Buffer, payload: string): Refusal {
  if (hex("sha256", body) !== payload) return { status: 400, code: "XAmzContentSHA256Mismatch" };
  const md5 = headerOf(request, "content-md5");
  if (md5 !== "" && createHash("md5").update(body).digest("base64") !== md5) return { status: 400, code: "BadDigest" };
  // As Backblaze's B2 does.
  const isNewer = Object.keys(request.headers).some((name) => name.startsWith("x-amz-checksum-"));
  return isNewer ? { status: 400, code: "InvalidArgument" } : null;
}

function canonicalRequest(request: IncomingMessage, names: string[], payload: string): string {
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const parameters = query.split("&").filter((pair) => pair !== "");
  const sorted = parameters.map((pair) => (pair.includes("=") ? pair : `${pair}=`)).sort();
  const headers = names.map((name) => `${name}:${headerOf(request, name).trim().replaceAll(/\s+/g, " ")}\n`).join("");
  return [request.method, path, sorted.join("&"), headers, names.join(";"), payload].join("\n");
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : (value ?? "");
}

function mac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

export function hex(algorithm: "md5" | "sha256", content: string | Buffer): string {
  return createHash(algorithm).update(content).digest("hex");
}
