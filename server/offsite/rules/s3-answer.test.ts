import fc from "fast-check";
import { expect, test } from "vitest";
import type { S3Answer } from "./s3-answer.ts";
import { judgeAnswer, md5OfEtag, partBytesFor } from "./s3-answer.ts";

const answer = (more: Partial<S3Answer>): S3Answer => ({
  status: 200,
  code: null,
  message: null,
  region: null,
  aheadMs: 0,
  ...more,
});

test.each<[string, Partial<S3Answer>, object]>([
  ["fine", {}, { kind: "fine" }],
  ["nothing there", { status: 204 }, { kind: "fine" }],
  ["an error behind a 200", { code: "InternalError" }, { kind: "again", reason: "InternalError (HTTP 200)" }],
  ["missing, without words", { status: 404 }, { kind: "missing" }],
  ["denied, without words", { status: 403 }, { kind: "denied", reason: "HTTP 403" }],
  ["denied without words, by a far clock", { status: 403, aheadMs: 900_000 }, { kind: "skewed", aheadMs: 900_000 }],
  ["denied in words, by a far clock", { status: 403, code: "AccessDenied", aheadMs: 900_000 }, { kind: "denied" }],
  ["too late", { status: 403, code: "RequestTimeTooSkewed", aheadMs: -5 }, { kind: "skewed", aheadMs: -5 }],
  ["too late, without a date", { status: 403, code: "RequestTimeTooSkewed", aheadMs: null }, { kind: "denied" }],
  ["a wrong region to HEAD", { status: 400, region: "eu-west-1" }, { kind: "wrong-region", expected: "eu-west-1" }],
  ["a moved bucket", { status: 301 }, { kind: "wrong-region", expected: null }],
  ["too fast", { status: 429 }, { kind: "again" }],
  ["full, by number", { status: 507 }, { kind: "full" }],
  [
    "full, by name",
    { status: 403, code: "QuotaExceeded", message: "5 GB" },
    { kind: "full", reason: "QuotaExceeded, 5 GB (HTTP 403)" },
  ],
  ["not known there", { status: 501, code: "NotImplemented" }, { kind: "refused" }],
  ["unknown", { status: 418 }, { kind: "refused" }],
  ["a gateway", { status: 502 }, { kind: "again" }],
])("an answer: %s", (_what, more, verdict) => {
  expect(judgeAnswer(answer(more))).toMatchObject(verdict);
});

test("parts are few enough, never smaller than wanted, and the same for the same size", () => {
  const sizes = fc.integer({ min: 1, max: 5 * 1024 ** 4 });
  fc.assert(
    fc.property(sizes, fc.constantFrom(64 * 1024, 5 * 1024 ** 2, 16 * 1024 ** 2), (bytes, preferred) => {
      const part = partBytesFor(bytes, preferred);
      expect(part).toBeGreaterThanOrEqual(preferred);
      expect(Math.ceil(bytes / part)).toBeLessThanOrEqual(10_000);
      if (bytes <= preferred * 10_000) expect(part).toBe(preferred);
    }),
  );
});

test("an ETag says something of the content, or nothing", () => {
  const md5 = "d41d8cd98f00b204e9800998ecf8427e";
  expect(md5OfEtag(`"${md5}"`, undefined)).toBe(md5);
  expect(md5OfEtag(`${md5}-12`, "AES256")).toBe(`${md5}-12`);
  for (const [etag, encryption] of [
    [`"${md5}"`, "aws:kms"],
    ['W/"x"', undefined],
    [undefined, undefined],
  ] as const) {
    expect(md5OfEtag(etag, encryption)).toBeNull();
  }
});
