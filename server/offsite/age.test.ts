import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remove } from "../platform/files.ts";
import { run } from "../platform/process.ts";
import { createIdentity, decrypted, encrypted, mostEncryptedBytes, recipientOf } from "./age.ts";
import { ASKABLE_GROUPS, checkFourCharacters, identityGroups } from "./contract.ts";

const about = { where: "the test", what: "a.tar.age" };
let work: string;
let keys: { identity: string; recipient: string };

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "filaops-age-"));
  keys = await createIdentity();
  await writeFile(join(work, "key"), `${keys.identity}\n`, { mode: 0o600 });
});
afterAll(() => remove(work));

const pieces = (content: Buffer) => Readable.from(Array.from({ length: 7 }, (_, n) => content.subarray(...cut(content, n))));
const cut = (content: Buffer, n: number): [number, number] => [
  Math.floor((n * content.length) / 7),
  Math.floor(((n + 1) * content.length) / 7),
];

// Not 0: for nothing, age writes no file at all.
describe.each([1, 65_536, 65_537, 1_000_003])("%i bytes", (length) => {
  const content = randomBytes(length);

  test("that we encrypt are decrypted by the age of the system", async () => {
    const secret = await buffer(await encrypted(pieces(content), keys.recipient));
    expect(secret.length).toBeLessThanOrEqual(mostEncryptedBytes(length));
    await writeFile(join(work, "ours.age"), secret);
    await run("age", ["--decrypt", "--identity", join(work, "key"), "--output", join(work, "plain"), join(work, "ours.age")]);
    expect((await readFile(join(work, "plain"))).equals(content)).toBe(true);
  });

  test("that it encrypts are decrypted by us, also with a key typed in small letters", async () => {
    await writeFile(join(work, "plain"), content);
    await run("age", ["--recipient", keys.recipient, "--output", join(work, "theirs.age"), join(work, "plain")]);
    const typed = ` ${keys.identity.toLowerCase()}\n`;
    const plain = await decrypted(pieces(await readFile(join(work, "theirs.age"))), typed, about);
    expect((await buffer(plain)).equals(content)).toBe(true);
  });
});

test("age-keygen names the same recipient", async () => {
  const { stdout } = await run("age-keygen", ["-y", join(work, "key")]);
  expect([stdout.trim(), await recipientOf(keys.identity)]).toEqual([keys.recipient, keys.recipient]);
});

test("what was changed, cut off or is not age's is refused, and nothing behind the change is handed on", async () => {
  const content = randomBytes(300_000);
  const secret = await buffer(await encrypted(pieces(content), keys.recipient));
  const differs = { code: "offsite-differs", message: expect.stringContaining("it was changed or cut off") as string };
  const flipped = Buffer.from(secret);
  flipped[200_000] = (flipped[200_000] ?? 0) ^ 1;
  const handed: Buffer[] = [];
  const reading = async () => {
    const stream = await decrypted(pieces(flipped), keys.identity, about);
    for await (const chunk of stream as AsyncIterable<Buffer>) handed.push(chunk);
  };
  await expect(reading()).rejects.toMatchObject(differs);
  expect(Buffer.concat(handed).equals(content.subarray(0, Buffer.concat(handed).length))).toBe(true);
  for (const bad of [
    secret.subarray(0, -1),
    secret.subarray(0, -16 - 65_536),
    secret.subarray(0, 40),
    Buffer.from("PK"),
    Buffer.alloc(0),
  ]) {
    const result = decrypted(pieces(bad), keys.identity, about).then((stream) => buffer(stream));
    await expect(result).rejects.toMatchObject(differs);
  }
});

test("another key, or what is none, is said to be the wrong one", async () => {
  const secret = await buffer(await encrypted(pieces(Buffer.from("x")), keys.recipient));
  const other = await createIdentity();
  await expect(decrypted(pieces(secret), other.identity, about)).rejects.toThrow(
    "does not open the copy: it belongs to another one",
  );
  const mistyped = keys.identity.replace(/.$/, (last) => (last === "Q" ? "P" : "Q"));
  for (const bad of [mistyped, keys.recipient, "", keys.identity.slice(0, -1)]) {
    await expect(decrypted(pieces(secret), bad, about)).rejects.toMatchObject({ code: "offsite-key-wrong" });
    await expect(recipientOf(bad)).rejects.toMatchObject({ code: "offsite-key-wrong" });
  }
});

test("a failing source fails with its own reason", async () => {
  const secret = await buffer(await encrypted(pieces(Buffer.alloc(200_000)), keys.recipient));
  async function* torn() {
    yield secret.subarray(0, 150_000);
    await Promise.reject(new Error("the line is dead"));
  }
  const reading = decrypted(torn(), keys.identity, about).then((stream) => buffer(stream));
  await expect(reading).rejects.toThrow("the line is dead");
});

test("four characters are asked back, by the groups in which the key is shown", () => {
  const groups = identityGroups(keys.identity);
  expect(`AGE-SECRET-KEY-1${groups.join("")}`).toBe(keys.identity);
  expect(groups.slice(0, ASKABLE_GROUPS).every((group) => group.length === 4)).toBe(true);
  const third = groups[2]!;
  expect(checkFourCharacters(keys.identity, 3, ` ${third.slice(0, 2).toLowerCase()} ${third.slice(2)}`)).toBe(true);
  for (const wrong of ["", third.slice(1), `${third}${third}`, "????"]) {
    expect(checkFourCharacters(keys.identity, 3, wrong)).toBe(false);
  }
  for (const group of [0, -1, 15, 16, 1.5, Number.NaN]) expect(checkFourCharacters(keys.identity, group, "")).toBe(false);
});
