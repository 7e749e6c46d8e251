import { z } from "zod";
import type { Config } from "../platform/config.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import type { Answer } from "../platform/http.ts";
import { fetchLimited } from "../platform/http.ts";
import type { Asset, Documents, Finding, Listed } from "./feed-cache.ts";
import { limitedUntil } from "./rules/pace.ts";
import { cutNotes, DOCUMENT_BYTES, SIGNATURE_BYTES } from "./rules/sizes.ts";

export type FeedSource = Config["releases"] & { token: string | null; userAgent: string };

export type ListAnswer =
  | { kind: "unchanged" }
  /** Asked too often; until when to wait. */
  | { kind: "limited"; until: Date }
  | { kind: "listed"; etag: string | null; listing: Listed[]; unreadable: Finding[] };

const LIST_BYTES = 5 * 1024 * 1024;
const TIMEOUT_MS = 15_000;
const PER_PAGE = 30;
/** A page asks for 30; what sends far more is no longer read. */
const MOST_ENTRIES = 100;
/** Longer than any version, so that a tag that is cut is still none. */
const TAG_CHARACTERS = 100;

/** GitHub's answer, of which only these fields are used; whoever imitates it may leave out what it does not have. */
const assetSchema = z.object({ id: z.number(), name: z.string(), size: z.number(), browser_download_url: z.string() });
const entrySchema = z.object({
  tag_name: z.string(),
  draft: z.boolean().nullish(),
  prerelease: z.boolean().nullish(),
  body: z.string().nullish(),
  html_url: z.string().nullish(),
  assets: z.array(z.unknown()).nullish(),
});

/** The address of the list, which also names the source. */
export function listUrl({ api, repository }: Pick<FeedSource, "api" | "repository">): string {
  return `${api.replace(/\/+$/, "")}/repos/${repository}/releases?per_page=${PER_PAGE}`;
}

/**
 * Asks for the list of releases. Entries that are no release are left out and named. Throws `feed-refused`, `feed-unreachable`, `feed-not-understood`, `answer-too-large` or `address-refused`.
 */
export async function listReleases(source: FeedSource, etag: string | null, now: Date): Promise<ListAnswer> {
  const url = listUrl(source);
  const { host } = new URL(url);
  const answer = await ask(url, host, {
    accept: "application/vnd.github+json",
    "user-agent": source.userAgent,
    ...(etag === null ? {} : { "if-none-match": etag }),
    ...(source.token === null ? {} : { authorization: `Bearer ${source.token}` }),
  });
  if (answer.status === 304 && etag !== null) return { kind: "unchanged" };
  const until = limitedUntil(answer.status, answer.headers, now);
  if (until !== null) return { kind: "limited", until };
  if (answer.status !== 200) throw statusProblem(answer.status, host);
  return { kind: "listed", etag: answer.headers["etag"] ?? null, ...readList(answer.body, host) };
}

async function ask(url: string, host: string, headers: Record<string, string>): Promise<Answer> {
  try {
    return await fetchLimited(url, { headers, maxBytes: LIST_BYTES, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!isAppError(error, "network-unreachable") && !isAppError(error, "took-too-long")) throw error;
    throw new AppError("feed-unreachable", { host, reason: error.problem.happened }, { cause: error });
  }
}

function statusProblem(status: number, host: string): AppError {
  if (status >= 500) return new AppError("feed-unreachable", { host, reason: `it has a fault of its own (HTTP ${status}).` });
  if (status >= 400) return new AppError("feed-refused", { host, status });
  return new AppError("feed-not-understood", { host, reason: `it answered HTTP ${status}.` });
}

function readList(body: Buffer, host: string): { listing: Listed[]; unreadable: Finding[] } {
  const entries = parseArray(body, host).slice(0, MOST_ENTRIES).map(readEntry);
  return {
    listing: entries.flatMap((entry) => (entry.kind === "listed" ? [entry.listed] : [])),
    unreadable: entries.flatMap((entry) => (entry.kind === "unreadable" ? [entry.finding] : [])),
  };
}

function parseArray(body: Buffer, host: string): unknown[] {
  const text = body.toString();
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    const reason = /^\s*</.test(text) ? "it is a web page." : "it is not JSON.";
    throw new AppError("feed-not-understood", { host, reason }, { cause: error });
  }
  if (!Array.isArray(raw)) throw new AppError("feed-not-understood", { host, reason: "it is JSON, but no list." });
  return raw as unknown[];
}

type Entry = { kind: "listed"; listed: Listed } | { kind: "unreadable"; finding: Finding } | { kind: "draft" };

function readEntry(raw: unknown): Entry {
  const parsed = entrySchema.safeParse(raw);
  if (!parsed.success) return unreadable(raw, parsed.error);
  const { tag_name, draft, prerelease, body, html_url, assets } = parsed.data;
  if (draft === true) return { kind: "draft" };
  return {
    kind: "listed",
    listed: {
      tag: tag_name.slice(0, TAG_CHARACTERS),
      prerelease: prerelease === true,
      notes: cutNotes(body ?? ""),
      url: webAddress(html_url ?? ""),
      assets: (assets ?? []).flatMap(readAsset),
    },
  };
}

function unreadable(raw: unknown, error: z.ZodError): Entry {
  const path = error.issues[0]?.path.join(".") ?? "";
  const { problem } = new AppError("release-unreadable", {
    reason: path === "" ? "its shape is unknown." : `${path} is missing or wrong.`,
  });
  const named = z.object({ tag_name: z.string() }).safeParse(raw);
  return { kind: "unreadable", finding: { tag: named.success ? named.data.tag_name.slice(0, TAG_CHARACTERS) : "", problem } };
}

/** The page of the release goes into a link, so it must be one. */
function webAddress(text: string): string | null {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "") ? text : null;
}

function readAsset(raw: unknown): Asset[] {
  const parsed = assetSchema.safeParse(raw);
  if (!parsed.success) return [];
  const { id, name, size, browser_download_url } = parsed.data;
  return [{ id, name, bytes: size, url: browser_download_url }];
}

/** Whether a file of a release may lie on this host: that of the API, or one of GitHub's own when GitHub is asked. */
function allowHost({ api }: FeedSource): (host: string) => boolean {
  const own = new URL(api).hostname;
  return (host) =>
    host === own || (own === "api.github.com" && (host === "github.com" || host.endsWith(".githubusercontent.com")));
}

/** Fetches a release's manifest and signature as they are. Throws `answer-refused` and what `fetchLimited` throws. */
export async function fetchDocuments(source: FeedSource, manifest: Asset, signature: Asset): Promise<Documents> {
  const [first, second] = [
    await fetchAsset(source, manifest, DOCUMENT_BYTES),
    await fetchAsset(source, signature, SIGNATURE_BYTES),
  ];
  return { manifest: first.toString("base64"), signature: second.toString("utf8") };
}

async function fetchAsset(source: FeedSource, { url }: Asset, maxBytes: number): Promise<Buffer> {
  const headers = { "user-agent": source.userAgent };
  const answer = await fetchLimited(url, { headers, maxBytes, timeoutMs: TIMEOUT_MS, allowHost: allowHost(source) });
  if (answer.status !== 200) throw new AppError("answer-refused", { host: new URL(url).host, status: answer.status });
  return answer.body;
}

/** The size that an asset's address announces, without fetching it; `null` when it announces none. Throws as `fetchDocuments`. */
export async function announcedBytes(source: FeedSource, { url }: Asset): Promise<number | null> {
  const headers = { "user-agent": source.userAgent };
  const answer = await fetchLimited(url, {
    method: "HEAD",
    headers,
    maxBytes: 0,
    timeoutMs: TIMEOUT_MS,
    allowHost: allowHost(source),
  });
  if (answer.status !== 200) throw new AppError("answer-refused", { host: new URL(url).host, status: answer.status });
  const length = answer.headers["content-length"];
  return length === undefined ? null : Number(length);
}
