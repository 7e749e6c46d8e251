import { expect, it } from "vitest";
import type { BundleItem } from "../../../../server/releases/bundle-contract.ts";
import { receivedWords, removalWords, stateWords } from "./bundle-view.ts";
import { sendBundle } from "./send-bundle.ts";

const FILE = new File(["a bundle"], "filaops-1.1.0.bundle.tar");
const BUNDLE: BundleItem = {
  name: "filaops-1.1.0.bundle.tar",
  bytes: 8,
  laidAt: "2026-11-23T12:00:00Z",
  version: "1.1.0",
  state: "available",
  problem: null,
};
const problem = { code: "release-expired", happened: "The offer ended.", meaning: "", todo: "" };

it.each([
  [BUNDLE, "Version 1.1.0 is available now.", "Available", /not offered any more/],
  [
    { ...BUNDLE, state: "passed" as const },
    "Version 1.1.0 is not newer than what you run.",
    "Not needed any more",
    /for good\. Your/,
  ],
  [
    { ...BUNDLE, state: "refused" as const, problem },
    "Version 1.1.0 is not offered. The offer ended.",
    "Not offered",
    /for good\. Your/,
  ],
])("%o", (bundle, words, state, removal) => {
  expect(receivedWords({ bundle, origin: "new" }).text).toBe(words);
  expect(stateWords(bundle).text).toBe(state);
  expect(removalWords(bundle)).toMatch(removal);
});

it("sends the bare file to the ticket's address, and says how far it is and what became of it", async () => {
  const told: unknown[] = [];
  const received = await sendBundle(FILE, "the-ticket", {
    onBytes: (bytes) => told.push(bytes),
    post: (address, file, onBytes) => {
      told.push(address, file.name);
      onBytes(8);
      return Promise.resolve({ status: 200, text: JSON.stringify({ bundle: BUNDLE, origin: "new" }) });
    },
  });
  expect([received.bundle.version, told]).toEqual(["1.1.0", ["/api/bundles/the-ticket", FILE.name, 8]]);
});

it.each([
  ["what the server says", 400, JSON.stringify({ problem }), /The offer ended/],
  ["a proxy that takes no such file", 413, "<html>", /did not say what became of the file/],
  ["a line that broke", 0, "", /did not say what became of the file/],
])("throws in words: %s", async (_, status, text, words) => {
  const post = () => Promise.resolve({ status, text });
  await expect(sendBundle(FILE, "t", { onBytes: () => undefined, post })).rejects.toThrow(words);
});
