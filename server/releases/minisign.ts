import type { KeyObject } from "node:crypto";
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { AppError } from "../platform/errors.ts";

/**
 * Signatures in minisign's format (https://jedisct1.github.io/minisign/): four lines, of which the second signs the content and the fourth
 * signs that signature together with the trusted comment. Read strictly: everything but the first line's comment is one exact byte sequence.
 */

export type PublicKey = { id: string; key: KeyObject };
export type SecretKey = PublicKey & { secret: KeyObject };

/** `unknown-key`: signed by another key than the one asked about. */
export type Verification =
  { kind: "valid"; trustedComment: string } | { kind: "invalid"; reason: "malformed" | "unknown-key" | "wrong-signature" };

const LEGACY = "Ed";
const PREHASHED = "ED";
const ID_BYTES = 8;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Algorithm, key derivation ("none" is two zero bytes), checksum algorithm; salt and limits, which an unencrypted key leaves empty. */
const UNENCRYPTED = Buffer.concat([Buffer.from("Ed\0\0B2", "latin1"), Buffer.alloc(48)]);
const CHECKSUM_BYTES = 32;

/** Reads a public key, from minisign's file of two lines or its second line alone. Throws `release-key-unreadable`. */
export function parsePublicKey(text: string): PublicKey {
  const raw = strictBase64(keyLine(text), 2 + ID_BYTES + KEY_BYTES);
  if (raw?.toString("latin1", 0, 2) !== LEGACY) {
    throw new AppError("release-key-unreadable", { what: "public" });
  }
  return publicKeyOf(raw.subarray(2, 2 + ID_BYTES), raw.subarray(2 + ID_BYTES));
}

/** Whether `signature` (the text of a `.minisig` file) was made over exactly these bytes by this key. Never throws. */
export function verifySignature(content: Buffer, signature: string, { id, key }: PublicKey): Verification {
  const parsed = parseSignature(signature);
  if (parsed === null) return { kind: "invalid", reason: "malformed" };
  if (parsed.keyId !== id) return { kind: "invalid", reason: "unknown-key" };
  const signed = parsed.algorithm === PREHASHED ? prehash(content) : content;
  const comment = Buffer.concat([parsed.signature, Buffer.from(parsed.trustedComment)]);
  const holds = verify(null, signed, key, parsed.signature) && verify(null, comment, key, parsed.globalSignature);
  return holds ? { kind: "valid", trustedComment: parsed.trustedComment } : { kind: "invalid", reason: "wrong-signature" };
}

/** Reads a secret key as `minisign -G -W` writes it, without a password. Throws `release-key-unreadable`. */
export function parseSecretKey(text: string): SecretKey {
  const raw = strictBase64(keyLine(text), UNENCRYPTED.length + ID_BYTES + 2 * KEY_BYTES + CHECKSUM_BYTES);
  if (raw?.subarray(0, UNENCRYPTED.length).equals(UNENCRYPTED) !== true) {
    throw new AppError("release-key-unreadable", { what: "secret" });
  }
  const [id, seed, point] = split(raw.subarray(UNENCRYPTED.length), [ID_BYTES, KEY_BYTES, KEY_BYTES]);
  const jwk = { kty: "OKP", crv: "Ed25519", d: seed.toString("base64url"), x: point.toString("base64url") };
  return { ...publicKeyOf(id, point), secret: createPrivateKey({ key: jwk, format: "jwk" }) };
}

/** Signs content; the result is the text of a `.minisig` file that minisign accepts. The trusted comment is one line. */
export function signContent(content: Buffer, { id, secret }: SecretKey, trustedComment: string): string {
  if (/[\r\n]/.test(trustedComment)) throw new Error("A trusted comment is one line.");
  const signature = sign(null, prehash(content), secret);
  const globalSignature = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), secret);
  const line = Buffer.concat([Buffer.from(PREHASHED), Buffer.from(id, "hex"), signature]);
  return [
    "untrusted comment: signature from FilaOps release key",
    line.toString("base64"),
    `trusted comment: ${trustedComment}`,
    globalSignature.toString("base64"),
    "",
  ].join("\n");
}

/** A new key pair as the texts of minisign's two files; the secret one has no password and belongs into a file that only its owner reads. */
export function createKeyPair(): { publicKey: string; secretKey: string } {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { d = "", x = "" } = privateKey.export({ format: "jwk" });
  const [id, seed, point] = [randomBytes(ID_BYTES), Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const secret = Buffer.concat([UNENCRYPTED, id, seed, point, Buffer.alloc(CHECKSUM_BYTES)]);
  return {
    publicKey: publicKeyText(publicKeyOf(id, point)),
    secretKey: `untrusted comment: minisign secret key\n${secret.toString("base64")}\n`,
  };
}

/** A public key as the text of minisign's file. */
export function publicKeyText({ id, key }: PublicKey): string {
  const raw = Buffer.from(id, "hex");
  const { x = "" } = key.export({ format: "jwk" });
  const line = Buffer.concat([Buffer.from(LEGACY), raw, Buffer.from(x, "base64url")]);
  // minisign shows an id as a number, which lies there lowest byte first, without leading zeros.
  const shown = raw.readBigUInt64LE().toString(16).toUpperCase();
  return `untrusted comment: minisign public key ${shown}\n${line.toString("base64")}\n`;
}

/** The two lines of base64 and the trusted comment between them; anything before, after or instead is not a signature. */
const FORM = /^untrusted comment: [^\n]*\n([^\n]+)\ntrusted comment: ([^\n]*)\n([^\n]+)\n?$/;

function parseSignature(text: string) {
  const [, first = "", trustedComment = "", last = ""] = FORM.exec(text) ?? [];
  const line = strictBase64(first, 2 + ID_BYTES + SIGNATURE_BYTES);
  const globalSignature = strictBase64(last, SIGNATURE_BYTES);
  if (line === null || globalSignature === null) return null;
  const algorithm = line.toString("latin1", 0, 2);
  if (algorithm !== LEGACY && algorithm !== PREHASHED) return null;
  const [id, signature] = split(line.subarray(2), [ID_BYTES, SIGNATURE_BYTES]);
  return { algorithm, keyId: id.toString("hex"), signature, trustedComment, globalSignature };
}

function publicKeyOf(id: Buffer, point: Buffer): PublicKey {
  const jwk = { kty: "OKP", crv: "Ed25519", x: point.toString("base64url") };
  return { id: id.toString("hex"), key: createPublicKey({ key: jwk, format: "jwk" }) };
}

function prehash(content: Buffer): Buffer {
  return createHash("blake2b512").update(content).digest();
}

function keyLine(text: string): string {
  const lines = text.trimEnd().split("\n");
  return (lines.length > 1 && lines[0]?.startsWith("untrusted comment:") === true ? lines[1] : lines[0]) ?? "";
}

/** Base64 of exactly so many bytes, in the one form that stands for them: unused bits and characters between would be room to tamper. */
function strictBase64(text: string, bytes: number): Buffer | null {
  const raw = Buffer.from(text, "base64");
  return raw.length === bytes && raw.toString("base64") === text ? raw : null;
}

function split<const Sizes extends readonly number[]>(from: Buffer, sizes: Sizes): { [I in keyof Sizes]: Buffer } {
  let at = 0;
  return sizes.map((size) => from.subarray(at, (at += size))) as { [I in keyof Sizes]: Buffer };
}
