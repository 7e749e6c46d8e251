import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { resolveHost } from "./addresses.ts";
import type { Clock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import type { ErrorCode } from "./errors.ts";
import { AppError } from "./errors.ts";
import { download, fetchLimited } from "./http.ts";

let server: Server;
let base: string;
let folder: string;
let answer: RequestListener;
let asked: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  asked = [];
  folder = await mkdtemp(join(tmpdir(), "filaops-http-"));
});
afterEach(() => rm(folder, { recursive: true }));

const limits = { maxBytes: 1000, timeoutMs: 5000 };

async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | "no error"> {
  try {
    await promise;
    return "no error";
  } catch (error) {
    if (error instanceof AppError) return (error as AppError).code;
    throw error;
  }
}

test.each([
  ["127.0.0.1", "private"],
  ["10.1.2.3", "private"],
  ["::1", "private"],
  ["fd12::1", "private"],
  ["140.82.112.3", "public"],
  ["2606:50c0:8000::153", "public"],
  ["169.254.169.254", "forbidden"],
  ["::ffff:169.254.169.254", "forbidden"],
  ["fe80::1", "forbidden"],
  ["fd00:ec2::254", "forbidden"],
  ["100.100.100.200", "forbidden"],
  ["0.0.0.0", "forbidden"],
  ["::", "forbidden"],
])("%s is %s", async (address, kind) => {
  const resolved = resolveHost(new URL(`http://${address.includes(":") ? `[${address}]` : address}/`));
  if (kind === "forbidden") await expect(resolved).rejects.toThrow("it lies in a range that never holds releases");
  else expect((await resolved).kind).toBe(kind);
});

test("an answer comes whole, with its status and headers", async () => {
  answer = (request, response) => {
    response.writeHead(418, { "x-seen": request.headers["x-mark"] }).end("short and stout");
  };
  const got = await fetchLimited(base, { ...limits, headers: { "x-mark": "7" } });
  expect({ ...got, body: got.body.toString() }).toMatchObject({
    status: 418,
    body: "short and stout",
    headers: { "x-seen": "7" },
  });
});

test.each([
  "http://169.254.169.254/latest/meta-data",
  "http://2852039166/",
  "http://0xa9fea9fe/",
  "http://[::ffff:a9fe:a9fe]/",
  "file:///etc/passwd",
  "ftp://127.0.0.1/",
  "http://user:word@127.0.0.1/",
  "nonsense",
])("%s is not asked", async (url) => {
  expect(await codeOf(fetchLimited(url, limits))).toBe("address-refused");
  expect(await codeOf(download(url, join(folder, "file"), { sha256: "", bytes: 1 }))).toBe("address-refused");
});

test.each(["http://169.254.169.254/latest/meta-data", "https://127.0.0.1/", "gopher://127.0.0.1/", "http://["])(
  "a redirect to %s is not followed",
  async (location) => {
    answer = (_request, response) => response.writeHead(302, { location }).end();
    expect(await codeOf(fetchLimited(base, limits))).toBe("address-refused");
  },
);

test("a redirect to a host that the caller does not allow is not followed", async () => {
  answer = (_request, response) => response.writeHead(302, { location: base.replace("127.0.0.1", "localhost") }).end();
  expect(await codeOf(fetchLimited(base, { ...limits, allowHost: (host) => host === "127.0.0.1" }))).toBe("address-refused");
  expect(asked).toEqual(["/"]);
});

test("three redirects are followed, a fourth is not, and a token stays with its origin", async () => {
  const seen: unknown[] = [];
  const other = base.replace("127.0.0.1", "localhost");
  answer = (request, response) => {
    seen.push(request.headers.authorization);
    const left = Number(request.url?.slice(1));
    if (left === 0) response.end("there");
    else response.writeHead(302, { location: `${other}/${left - 1}` }).end();
  };
  const got = await fetchLimited(`${base}/3`, { ...limits, headers: { authorization: "Bearer word" } });
  expect(got.body.toString()).toBe("there");
  expect(seen).toEqual(["Bearer word", undefined, undefined, undefined]);
  expect(await codeOf(fetchLimited(`${base}/4`, limits))).toBe("address-refused");
});

test("what is too large or too slow is given up, and so is what is not there", async () => {
  answer = (_request, response) => response.end("x".repeat(1001));
  expect(await codeOf(fetchLimited(base, limits))).toBe("answer-too-large");
  answer = (_request, response) => response.write("x");
  expect(await codeOf(fetchLimited(base, { ...limits, timeoutMs: 100 }))).toBe("took-too-long");
  expect(await codeOf(fetchLimited("http://127.0.0.1:9/", limits))).toBe("network-unreachable");
  expect(await codeOf(fetchLimited("http://nowhere.invalid/", limits))).toBe("network-unreachable");
});

test("an abort is passed on as it is", async () => {
  const controller = new AbortController();
  answer = () => {
    controller.abort(new Error("enough"));
  };
  await expect(fetchLimited(base, { ...limits, signal: controller.signal })).rejects.toThrow("enough");
});

const content = Buffer.from("a release, as it were".repeat(1000));
const sha256 = createHash("sha256").update(content).digest("hex");
const wanted = { sha256, bytes: content.length };

/** A clock that does not wait and remembers for how long it should have. */
function hurriedClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  return { ...systemClock, slept, sleep: (ms) => Promise.resolve(void slept.push(ms)) };
}

test("a download arrives whole and under its name only", async () => {
  answer = (_request, response) => response.end(content);
  const path = join(folder, "file");
  const seen: number[] = [];
  await download(base, path, { ...wanted, onBytes: (bytes) => seen.push(bytes) });
  expect(await readFile(path)).toEqual(content);
  expect(seen.at(-1)).toBe(content.length);
  expect(await readdir(folder)).toEqual(["file"]);
});

test.each([
  ["another content", Buffer.from(content.toString().replace("release", "surprise".slice(0, 7)))],
  ["a shorter one", content.subarray(1)],
  ["a longer one", Buffer.concat([content, content])],
])("%s is refused at once, and what was there stays", async (_what, sent) => {
  answer = (_request, response) => {
    response.write(sent.subarray(0, 100)); // no content-length: the size is found by counting
    response.end(sent.subarray(100));
  };
  const path = join(folder, "file");
  await writeFile(path, "before");
  expect(await codeOf(download(base, path, wanted))).toBe("download-differs");
  expect(asked).toHaveLength(1);
  expect(await readdir(folder)).toEqual(["file"]);
  expect(await readFile(path, "utf8")).toBe("before");
});

test("a size that is announced differently is refused before a byte is read", async () => {
  answer = (_request, response) => response.writeHead(200, { "content-length": 10 ** 12 }).write("x");
  expect(await codeOf(download(base, join(folder, "file"), wanted))).toBe("download-differs");
});

test("a lost connection, a 500 and a 429 are tried again, with growing pauses and as long as the server asks", async () => {
  const clock = hurriedClock();
  answer = (request, response) => {
    if (asked.length === 1) {
      response.writeHead(200, { "content-length": content.length }).write("half", () => request.socket.destroy());
    } else if (asked.length === 2) response.writeHead(500).end();
    else if (asked.length === 3) response.writeHead(429, { "retry-after": "7" }).end();
    else response.end(content);
  };
  await download(base, join(folder, "file"), { ...wanted, clock, random: () => 0.5 });
  expect(clock.slept).toEqual([500, 1000, 7000]);
  expect(await readdir(folder)).toEqual(["file"]);
});

test("it gives up after five attempts, at a 404 at once, and when it is told to wait for an hour", async () => {
  const clock = hurriedClock();
  const path = join(folder, "file");
  answer = (_request, response) => response.writeHead(503).end();
  expect(await codeOf(download(base, path, { ...wanted, clock }))).toBe("download-interrupted");
  expect(asked).toHaveLength(5);
  answer = (_request, response) => response.writeHead(404).end();
  expect(await codeOf(download(base, path, { ...wanted, clock }))).toBe("answer-refused");
  expect(asked).toHaveLength(6);
  answer = (_request, response) => response.writeHead(429, { "retry-after": "3600" }).end();
  expect(await codeOf(download(base, path, { ...wanted, clock }))).toBe("download-interrupted");
  expect(asked).toHaveLength(7);
});

test("an aborted download leaves nothing behind", async () => {
  const controller = new AbortController();
  answer = (_request, response) => response.writeHead(200, { "content-length": content.length }).write("half");
  const onBytes = () => {
    controller.abort(new Error("enough"));
  };
  await expect(download(base, join(folder, "file"), { ...wanted, onBytes, signal: controller.signal })).rejects.toThrow("enough");
  expect(await readdir(folder)).toEqual([]);
});
