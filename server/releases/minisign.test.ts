import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../platform/process.ts";
import { createKeyPair, parsePublicKey, parseSecretKey, publicKeyText, signContent, verifySignature } from "./minisign.ts";

const content = Buffer.from('{"product":"filaops","version":"1.1.0"}\n');
let folder: string;
let theirs: { publicKey: string; secretKey: string };
const ours = createKeyPair();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-minisign-"));
  await writeFile(join(folder, "file"), content);
  await run("minisign", ["-G", "-W", "-p", join(folder, "their.pub"), "-s", join(folder, "their.key")]);
  theirs = {
    publicKey: await readFile(join(folder, "their.pub"), "utf8"),
    secretKey: await readFile(join(folder, "their.key"), "utf8"),
  };
  await writeFile(join(folder, "our.pub"), ours.publicKey);
  await writeFile(join(folder, "our.key"), ours.secretKey, { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true }));

/** Lets the real program sign the content. */
async function theirSignature(key: string, options: string[] = []): Promise<string> {
  const signature = join(folder, "file.minisig");
  await run("minisign", [
    "-S",
    "-s",
    join(folder, key),
    "-m",
    join(folder, "file"),
    "-x",
    signature,
    "-t",
    "trusted words",
    ...options,
  ]);
  return readFile(signature, "utf8");
}

/** Lets the real program verify a signature over the content. */
async function theyAccept(signature: string, key: string): Promise<string> {
  await writeFile(join(folder, "ours.minisig"), signature);
  const args = ["-V", "-Q", "-p", join(folder, key), "-m", join(folder, "file"), "-x", join(folder, "ours.minisig")];
  return (await run("minisign", args)).stdout.trim();
}

test.each([
  ["prehashed", []],
  ["legacy", ["-l"]],
])("what minisign signs, %s, is accepted", async (_kind, options) => {
  const signature = await theirSignature("their.key", options);
  expect(verifySignature(content, signature, parsePublicKey(theirs.publicKey))).toEqual({
    kind: "valid",
    trustedComment: "trusted words",
  });
});

test("what we sign is accepted by minisign, with either side's keys", async () => {
  const byOurs = signContent(content, parseSecretKey(ours.secretKey), "filaops 1.1.0");
  expect(await theyAccept(byOurs, "our.pub")).toBe("filaops 1.1.0");
  const byTheirs = signContent(content, parseSecretKey(theirs.secretKey), "filaops 1.1.0");
  expect(await theyAccept(byTheirs, "their.pub")).toBe("filaops 1.1.0");
});

test("minisign signs with a secret key of ours", async () => {
  const signature = await theirSignature("our.key");
  expect(verifySignature(content, signature, parsePublicKey(ours.publicKey)).kind).toBe("valid");
});

test("a public key is also read without its comment, as minisign -P takes it", () => {
  const bare = ours.publicKey.split("\n")[1]!;
  expect(parsePublicKey(bare).id).toBe(parsePublicKey(ours.publicKey).id);
});

test.each([
  ["prehashed", []],
  ["legacy", ["-l"]],
])("a change of any byte of content or signature, %s, is refused", async (_kind, options) => {
  const signature = await theirSignature("their.key", options);
  const key = parsePublicKey(theirs.publicKey);
  const accepted: number[] = [];
  for (let at = 0; at < signature.length; at += 1) {
    const changed = signature.slice(0, at) + (signature[at] === "A" ? "B" : "A") + signature.slice(at + 1);
    if (verifySignature(content, changed, key).kind === "valid") accepted.push(at);
  }
  // The words of the first line are what the format leaves unsigned; nothing reads them. A final line break may be missing.
  const prefix = "untrusted comment: ".length;
  const comment = signature.indexOf("\n") - prefix;
  expect(accepted).toEqual(Array.from({ length: comment }, (_, index) => prefix + index));
  for (let at = 0; at < content.length; at += 1) {
    const changed = Buffer.from(content);
    changed[at] = changed[at]! ^ 1;
    expect(verifySignature(changed, signature, key).kind).toBe("invalid");
  }
});

test("what cannot be a signature is malformed, whatever it is", async () => {
  const key = parsePublicKey(theirs.publicKey);
  const signature = await theirSignature("their.key");
  const [untrusted, line, trusted, last] = signature.split("\n");
  const texts = [
    "",
    "<!doctype html>",
    `${signature}\n`,
    `\n${signature}`,
    signature.replaceAll("\n", "\r\n"),
    [untrusted, line, trusted].join("\n"),
    [untrusted, line, last, trusted].join("\n"),
    [untrusted, line?.replace(/=+$/, ""), trusted, last].join("\n"),
    [untrusted, `${line} `, trusted, last].join("\n"),
    "A".repeat(1_000_000),
  ];
  for (const text of texts) {
    expect(verifySignature(content, text, key)).toEqual({ kind: "invalid", reason: "malformed" });
  }
});

test("a signature by another key is told apart, also when its number is forged", async () => {
  const signature = await theirSignature("their.key");
  expect(verifySignature(content, signature, parsePublicKey(ours.publicKey))).toEqual({ kind: "invalid", reason: "unknown-key" });
  const raw = Buffer.from(ours.publicKey.split("\n")[1]!, "base64");
  Buffer.from(theirs.publicKey.split("\n")[1]!, "base64").copy(raw, 2, 2, 10);
  const forged = parsePublicKey(raw.toString("base64"));
  expect(verifySignature(content, signature, forged)).toEqual({ kind: "invalid", reason: "wrong-signature" });
});

test("keys that are not keys are refused with words", () => {
  for (const text of ["", "hello", theirs.secretKey]) {
    expect(() => parsePublicKey(text)).toThrow("The public key for releases is not a key in minisign's format.");
  }
  expect(() => parseSecretKey(theirs.publicKey)).toThrow("not a key in minisign's format without a password");
});

test("a key's id that begins with zeros is shown without them, as minisign shows it", () => {
  const [, line = ""] = ours.publicKey.split("\n");
  const raw = Buffer.from(line, "base64");
  raw.writeBigUInt64LE(0x0abc_def0_1234_5678n, 2);
  expect(publicKeyText(parsePublicKey(raw.toString("base64")))).toMatch(
    /^untrusted comment: minisign public key ABCDEF012345678\n/,
  );
});

test("the public key that goes with a secret one is written as minisign writes it", () => {
  expect(publicKeyText(parseSecretKey(theirs.secretKey))).toBe(theirs.publicKey);
  expect(publicKeyText(parsePublicKey(ours.publicKey))).toBe(ours.publicKey);
});
