import { expect, it } from "vitest";
import { receivedWords } from "./backup-view.ts";
import { sendBackup } from "./send-backup.ts";

const ID = "01KAT5Y3G00000000000000000";
const FILE = new File(["an archive"], "filaops-backup.tar");

it("sends the bare file to the ticket's address, and says what became of it", async () => {
  const asked: [string, RequestInit | undefined][] = [];
  const received = await sendBackup(FILE, "the-ticket", (address, init) => {
    asked.push([address as string, init]);
    return Promise.resolve(Response.json({ id: ID, origin: "ours" }));
  });
  expect(received).toEqual({ id: ID, origin: "ours" });
  expect(asked).toMatchObject([["/api/backups/the-ticket", { method: "POST", body: FILE }]]);
});

it.each([
  [
    "what the server says",
    Response.json({ problem: { code: "archive-not-taken", happened: "A picture.", meaning: "", todo: "" } }, { status: 400 }),
    /A picture/,
  ],
  ["a proxy that takes no such file", new Response("<html>", { status: 413 }), /did not say what became of the file/],
  ["an answer of something else", new Response("<html>"), /did not say what became of the file/],
])("throws in words: %s", async (_, response, words) => {
  await expect(sendBackup(FILE, "t", () => Promise.resolve(response))).rejects.toThrow(words);
});

it.each([
  ["ours", "info"],
  ["here-already", "info"],
  ["foreign", "warn"],
] as const)("%s is told as %s", (origin, tone) => {
  expect(receivedWords({ id: ID, origin })).toMatchObject({ tone });
});
