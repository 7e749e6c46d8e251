import { expect, it } from "vitest";
import { countHeader, requestHeaders, responseHeaders } from "./headers.ts";

const client = { address: "10.0.0.7", host: "farm.example", proto: "https" } as const;
const ours = [
  "host",
  "farm.example",
  "x-forwarded-for",
  "10.0.0.7",
  "x-forwarded-proto",
  "https",
  "x-forwarded-host",
  "farm.example",
];

it.each([
  [
    "keeps what is end to end, in order and repeated",
    ["X-A", "1", "Cookie", "a", "x-a", "2"],
    ["X-A", "1", "Cookie", "a", "x-a", "2"],
  ],
  [
    "drops what is of one connection",
    ["Connection", "close", "Keep-Alive", "5", "TE", "trailers", "Transfer-Encoding", "chunked"],
    [],
  ],
  ["drops what the connection names", ["Connection", "X-B, keep-alive", "x-b", "1", "X-C", "2"], ["X-C", "2"]],
  [
    "drops claims of who asks",
    ["X-Forwarded-For", "6.6.6.6", "X-Forwarded-Anything", "1", "Forwarded", "a", "X-Real-IP", "6"],
    [],
  ],
  ["says the host once", ["Host", "farm.example"], []],
  ["drops the wish to be asked first", ["Expect", "100-continue"], []],
])("%s", (_name, raw, kept) => {
  expect(requestHeaders(raw, client, "none")).toEqual([...ours, ...kept]);
});

it.each([
  ["streamed", ["content-length", "5"]],
  ["buffered", []],
  ["none", []],
] as const)("keeps the length of a body that is %s: %j", (body, kept) => {
  expect(requestHeaders(["content-length", "5"], client, body)).toEqual([...ours, ...kept]);
});

it("claims no host where the client named none", () => {
  expect(requestHeaders([], { ...client, host: undefined }, "none")).toEqual(ours.slice(2, 6));
});

it("hands on an answer's headers without those of one connection", () => {
  const raw = ["Set-Cookie", "a", "Set-Cookie", "b", "Connection", "keep-alive", "Keep-Alive", "timeout=5", "Date", "now"];
  expect(responseHeaders(raw)).toEqual(["Set-Cookie", "a", "Set-Cookie", "b", "Date", "now"]);
});

it("counts a header whatever its case", () => {
  expect(countHeader(["Host", "a", "x", "host", "HOST", "b"], "host")).toBe(2);
});
