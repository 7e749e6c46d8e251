import { identityToRecipient } from "age-encryption";
import { afterEach, expect, it, vi } from "vitest";
import { ASKABLE_GROUPS, checkFourCharacters, identityGroups, identitySchema } from "../../../../server/offsite/contract.ts";
import { keyFile, makeKey, ordinal, randomGroup, savedInput } from "./key.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("makes a key that the server's side of it knows", async () => {
  const key = await makeKey();
  expect(await identityToRecipient(key.identity)).toBe(key.recipient);
  expect((await makeKey()).identity).not.toBe(key.identity);
});

it("makes it also on a page that came over plain HTTP, where browsers withhold crypto.subtle", async () => {
  const plain = { getRandomValues: crypto.getRandomValues.bind(crypto) };
  vi.stubGlobal("crypto", plain);
  const key = await makeKey();
  expect(plain).not.toHaveProperty("subtle");
  vi.unstubAllGlobals();
  expect(await identityToRecipient(key.identity)).toBe(key.recipient);
});

it("sends of a key nothing but its public half", async () => {
  const key = await makeKey();
  const storage = { kind: "folder", path: "/mnt/nas" } as const;
  const sent = savedInput({ storage, secret: "s3cret" }, key, "a password");
  expect(sent).toEqual({ storage, secret: "s3cret", recipient: key.recipient, password: "a password" });
  const text = JSON.stringify(sent).toUpperCase();
  for (const group of identityGroups(key.identity).slice(0, ASKABLE_GROUPS)) expect(text).not.toContain(group);
  expect(savedInput({ storage }, key, "a password")).not.toHaveProperty("secret");
});

it("asks only for groups that the contract can check", async () => {
  const { identity } = await makeKey();
  for (let turn = 0; turn < 200; turn += 1) {
    const group = randomGroup();
    expect(checkFourCharacters(identity, group, identityGroups(identity)[group - 1] ?? "")).toBe(true);
  }
});

it("writes a file that age reads: comments, and the key on a line of its own", async () => {
  const key = await makeKey();
  const text = keyFile(key, { farm: "Nord\nlicht", made: new Date("2026-11-26T12:00:00Z"), where: "a bucket" });
  const lines = text.trimEnd().split("\n");
  expect(lines.filter((line) => !line.startsWith("#"))).toEqual([key.identity]);
  expect(identitySchema.parse(lines.at(-1))).toBe(key.identity);
  expect(text).toContain("Nord licht");
  expect(text).toContain("2026-11-26");
});

it.each([
  [1, "1st"],
  [2, "2nd"],
  [3, "3rd"],
  [4, "4th"],
  [11, "11th"],
  [13, "13th"],
])("counts %i as %s", (value, words) => {
  expect(ordinal(value)).toBe(words);
});
