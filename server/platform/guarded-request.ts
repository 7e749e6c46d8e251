import type { LookupFunction } from "node:net";
import { Agent, request } from "undici";
import type { Dispatcher } from "undici";
import type { ResolvedAddress } from "./addresses.ts";
import { resolveHost } from "./addresses.ts";
import { AppError } from "./errors.ts";

export type RequestOptions = {
  method?: "GET" | "HEAD";
  headers?: Record<string, string>;
  /** Whether a host may be asked, the first one and each that a redirect leads to. All hosts when absent. */
  allowHost?: (host: string) => boolean;
  signal?: AbortSignal;
};

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Headers that go to the first host only. */
const PRIVATE_HEADERS = new Set(["authorization", "cookie"]);

/**
 * Asks for a URL and hands the final response on; its body is gone when `use` is over. Follows at most 3 redirects, never to another
 * scheme, to a host that the caller does not allow, from a public to a private address, or to a link-local one: those throw
 * `address-refused`. Errors of the connection come as the library throws them.
 */
export async function guardedRequest<T>(
  url: string,
  options: RequestOptions,
  use: (response: Dispatcher.ResponseData) => Promise<T>,
): Promise<T> {
  const first = parseUrl(url);
  let target = first;
  let mayBePrivate = true;
  for (let redirects = 0; ; redirects += 1) {
    const { addresses, kind } = await resolveAllowed(target, options);
    if (kind === "private" && !mayBePrivate) throw refused(target, "a public address sent us on to a private one.");
    mayBePrivate &&= kind === "private";
    const result = await askOnce(target, { addresses, options: withoutSecrets(options, target.origin === first.origin), use });
    if (result.kind === "used") return result.value;
    if (redirects === MAX_REDIRECTS) throw refused(first, `it sends us on more than ${MAX_REDIRECTS} times.`);
    target = nextTarget(target, result.location);
  }
}

type Asked<T> = { kind: "used"; value: T } | { kind: "redirect"; location: string };

async function askOnce<T>(
  target: URL,
  {
    addresses,
    options,
    use,
  }: { addresses: ResolvedAddress[]; options: RequestOptions; use: (response: Dispatcher.ResponseData) => Promise<T> },
): Promise<Asked<T>> {
  const agent = new Agent({
    connect: { lookup: pinnedLookup(addresses), timeout: 10_000, autoSelectFamily: true },
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  try {
    const response = await request(target, {
      dispatcher: agent,
      method: options.method ?? "GET",
      headers: { "user-agent": "filaops", ...options.headers },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    // What is left of the body is of no interest, and neither is how its connection ends.
    response.body.on("error", () => undefined);
    const location = response.headers["location"];
    if (REDIRECTS.has(response.statusCode) && typeof location === "string") return { kind: "redirect", location };
    return { kind: "used", value: await use(response) };
  } finally {
    await agent.destroy();
  }
}

/** A lookup that answers with the addresses that were looked at, whatever the name says by now. */
export function pinnedLookup(addresses: ResolvedAddress[]): LookupFunction {
  return (_host, { all }, done) => {
    const first = addresses[0];
    if (all === true) done(null, addresses);
    else if (first !== undefined) done(null, first.address, first.family);
    else done(new Error("no address"), "");
  };
}

async function resolveAllowed(target: URL, { allowHost }: RequestOptions) {
  if (allowHost !== undefined && !allowHost(target.hostname)) throw refused(target, "it is not where the releases are kept.");
  return resolveHost(target);
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw new AppError("address-refused", { address: text.slice(0, 200), reason: "it is not an address." });
  }
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(url, "only https and http are fetched.");
  if (url.username !== "" || url.password !== "") throw refused(url, "it carries a name or a password.");
  return url;
}

function nextTarget(from: URL, location: string): URL {
  const next = URL.canParse(location, from) ? parseUrl(new URL(location, from).href) : null;
  if (next === null) throw refused(from, "it sends us on to something that is not an address.");
  if (next.protocol !== from.protocol) throw refused(next, `${from.host} sent us there by another protocol.`);
  return next;
}

function refused(url: URL, reason: string): AppError {
  return new AppError("address-refused", { address: url.host === "" ? url.protocol : url.host, reason });
}

function withoutSecrets(options: RequestOptions, sameOrigin: boolean): RequestOptions {
  if (sameOrigin || options.headers === undefined) return options;
  const kept = Object.entries(options.headers).filter(([name]) => !PRIVATE_HEADERS.has(name.toLowerCase()));
  return { ...options, headers: Object.fromEntries(kept) };
}
