/** Headers as Node gives them raw: name, value, name, value. */
export type RawHeaders = readonly string[];

/** Headers of one connection only (RFC 9110, 7.6.1), and `expect`, which the gate answers itself. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** Set by us, so what a client claims is dropped: an app that trusts them must be able to. */
const FORWARDED = /^(forwarded|x-real-ip|x-forwarded-.*)$/;

export type ClientFacts = { address: string; host: string | undefined; proto: "http" | "https" };

/** The headers to send to the app. The length is kept only for a body that is passed through; of a buffered one it is known anew. */
export function requestHeaders(raw: RawHeaders, client: ClientFacts, body: "none" | "buffered" | "streamed"): string[] {
  const dropped = new Set(body === "streamed" ? ["host"] : ["host", "content-length"]);
  const kept = endToEnd(raw).filter(([name]) => !FORWARDED.test(name.toLowerCase()) && !dropped.has(name.toLowerCase()));
  const ours: [string, string][] = [
    ...(client.host === undefined ? [] : ([["host", client.host]] as [string, string][])),
    ["x-forwarded-for", client.address],
    ["x-forwarded-proto", client.proto],
    ...(client.host === undefined ? [] : ([["x-forwarded-host", client.host]] as [string, string][])),
  ];
  return [...ours, ...kept].flat();
}

/** The app's headers to hand to the client. */
export function responseHeaders(raw: RawHeaders): string[] {
  return endToEnd(raw).flat();
}

/** How often a header stands in the request. */
export function countHeader(raw: RawHeaders, wanted: string): number {
  return pairs(raw).filter(([name]) => name.toLowerCase() === wanted).length;
}

function endToEnd(raw: RawHeaders): [string, string][] {
  const all = pairs(raw);
  const named = all
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map((token) => token.trim().toLowerCase()));
  const hop = new Set([...HOP_BY_HOP, ...named]);
  return all.filter(([name]) => !hop.has(name.toLowerCase()));
}

function pairs(raw: RawHeaders): [string, string][] {
  return Array.from({ length: Math.floor(raw.length / 2) }, (_, index) => [raw[index * 2] ?? "", raw[index * 2 + 1] ?? ""]);
}
