import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { readPublication } from "../publication.ts";

/**
 * A release feed in the shape of GitHub's: the list with its ETag, and the files behind a redirect, from a folder of packaged releases. For
 * demonstrations and tests: what is in the folder is trusted, who asks is not looked at.
 */
export type Feed = {
  /** What goes into `releases.api`. */
  url: string;
  /** Lists a packaged release of the folder. */
  publish: (version: string) => void;
  /** Takes a release off the list; its files are gone too. */
  withdraw: (version: string) => void;
  close: () => Promise<void>;
};

export type FeedOptions = {
  /** One sub-folder for each packaged release, named by its version. */
  folder: string;
  /** 0, the default, takes a free one. */
  port?: number;
  host?: string;
  /** The versions that are listed from the start; all of the folder when absent. */
  published?: readonly string[];
  /** Sees each request first, and answers it itself when it says so. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
};

const LIST = /^\/repos\/([\w.-]+\/[\w.-]+)\/releases$/;
const FILE = /^\/[\w.-]+\/[\w.-]+\/releases\/download\/([^/]+)\/([^/]+)$/;
const STORED = /^\/storage\/([\w.+-]+)\/([\w.+-]+)$/;
const PAGE = /^\/[\w.-]+\/[\w.-]+\/releases\/tag\/([^/]+)$/;

/** Starts a feed; it lists what is asked for from the start, and follows `publish` and `withdraw`. */
export async function startFeed({ folder, port = 0, host = "127.0.0.1", published, intercept }: FeedOptions): Promise<Feed> {
  const listed = new Set(published ?? (await foldersIn(folder)));
  const server = createServer((request, response) => {
    if (intercept?.(request, response) === true) return;
    answer({ folder, listed, base: url() }, { request, response }).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  const url = () => `http://${host}:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  return {
    url: url(),
    publish: (version) => void listed.add(version),
    withdraw: (version) => void listed.delete(version),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function foldersIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { withFileTypes: true })).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

type Shelf = { folder: string; listed: ReadonlySet<string>; base: string };

type Exchange = { request: IncomingMessage; response: ServerResponse };

async function answer(shelf: Shelf, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const { pathname } = new URL(request.url ?? "/", shelf.base);
  const list = LIST.exec(pathname);
  if (list !== null) return sendList(shelf, list[1] ?? "", exchange);
  const stored = STORED.exec(pathname);
  if (stored !== null) return sendStored(shelf, stored, exchange);
  const file = FILE.exec(pathname);
  const release = await releaseOf(shelf, (file ?? PAGE.exec(pathname))?.[1]);
  if (release === undefined) end(response, 404, "Not found.");
  else if (file === null) end(response, 200, release.notes);
  else response.writeHead(302, { location: `/storage/${release.version}/${file[2] ?? ""}` }).end();
}

async function sendList(shelf: Shelf, repository: string, { request, response }: Exchange): Promise<void> {
  const releases = await releasesOf(shelf);
  const body = JSON.stringify(await Promise.all(releases.map((release) => entryOf(shelf, repository, release))));
  const etag = `W/"${createHash("sha256").update(body).digest("hex")}"`;
  if (request.headers["if-none-match"] === etag) response.writeHead(304, { etag }).end();
  else response.writeHead(200, { "content-type": "application/json; charset=utf-8", etag }).end(body);
}

async function sendStored({ folder, listed }: Shelf, [, version = "", name = ""]: string[], exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const path = join(folder, version, name);
  const found = listed.has(version) ? await stat(path).catch(() => null) : null;
  if (found?.isFile() !== true) {
    end(response, 404, "Not found.");
    return;
  }
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": found.size });
  if (request.method === "HEAD") response.end();
  else await pipeline(createReadStream(path), response);
}

async function releaseOf(shelf: Shelf, tag: string | undefined): Promise<Stored | undefined> {
  return (await releasesOf(shelf)).find(({ publication }) => encodeURIComponent(publication.tag) === tag);
}

type Stored = NonNullable<Awaited<ReturnType<typeof readPublication>>> & { version: string };

/** The listed releases, newest first as GitHub has them. */
async function releasesOf({ folder, listed }: Shelf): Promise<Stored[]> {
  const found = await Promise.all(
    [...listed].map(async (version) => {
      const release = await readPublication(join(folder, version));
      return release === null ? [] : [{ ...release, version }];
    }),
  );
  return found.flat().toSorted((a, b) => b.publication.publishedAt.localeCompare(a.publication.publishedAt));
}

async function entryOf({ folder, base }: Shelf, repository: string, { publication, notes, version }: Stored) {
  const { tag, publishedAt, prerelease, draft } = publication;
  const page = `${base}/${repository}/releases`;
  const names = (await readdir(join(folder, version))).filter(
    (name) => name.startsWith("release.json") || name.endsWith(".tar.gz"),
  );
  return {
    id: numberOf(version),
    tag_name: tag,
    name: `FilaOps ${version}`,
    draft,
    prerelease,
    published_at: publishedAt,
    body: notes,
    html_url: `${page}/tag/${encodeURIComponent(tag)}`,
    assets: await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(folder, version, name));
        const browser_download_url = `${page}/download/${encodeURIComponent(tag)}/${encodeURIComponent(name)}`;
        // A file that is uploaded anew gets a new number.
        return { id: numberOf(`${version}/${name}/${size}/${mtimeMs}`), name, size, browser_download_url };
      }),
    ),
  };
}

function numberOf(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(text);
}
