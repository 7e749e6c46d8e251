import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { IDEMPOTENCY_HEADER } from "../../server/trpc/contract.ts";
import { problemOf } from "./problem.ts";
import { uploadFile } from "./upload.ts";

const sent = vi.fn<typeof fetch>();
beforeEach(() => {
  vi.stubGlobal("fetch", sent);
});
afterEach(() => {
  sent.mockReset();
  vi.unstubAllGlobals();
});

const file = new File(["a picture"], "a.png");
const said = async () =>
  uploadFile(file, "image").then(
    () => "kept",
    (error: unknown) => problemOf(error).code,
  );

test("content goes as it is, with a key by which it may be sent again", async () => {
  const stored = { sha256: "a".repeat(64), bytes: 9, contentType: "image/png" };
  sent.mockResolvedValue(Response.json(stored));
  expect(await uploadFile(file, "image")).toEqual(stored);
  const [address, init] = sent.mock.calls[0]!;
  expect([address, init?.body]).toEqual(["/api/files?kind=image", file]);
  const headers = new Headers(init?.headers);
  expect(headers.get("content-type")).toBe("application/octet-stream");
  expect(headers.get(IDEMPOTENCY_HEADER)).toMatch(/^[0-9a-f]{32}$/);
});

test("what is too large is not sent at all", async () => {
  const large = new File([new Uint8Array(10 * 1024 * 1024 + 1)], "a.png");
  await expect(uploadFile(large, "image")).rejects.toMatchObject({ problem: { code: "file-too-large" } });
  expect(sent).not.toHaveBeenCalled();
});

describe("a refusal is told", () => {
  const problem = { code: "image-unknown", happened: "No picture.", meaning: "Nothing was kept.", todo: "Choose another." };
  test.each([
    ["in the server's words", Response.json({ problem }, { status: 415 }), "image-unknown"],
    ["of a proxy with a limit of its own", new Response("<html>", { status: 413 }), "too-large-on-the-way"],
    ["of somebody who is not FilaOps", new Response("<html>", { status: 200 }), "no-answer"],
  ])("%s", async (_, response, code) => {
    sent.mockResolvedValue(response);
    expect(await said()).toBe(code);
  });
});
