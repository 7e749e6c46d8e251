import { Readable } from "node:stream";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { AppError } from "../platform/errors.ts";
import { identitySchema, recipientSchema } from "./contract.ts";

/** A new key pair of age: the identity is for the owner to keep and is never stored here, the recipient is what we encrypt to. */
export async function createIdentity(): Promise<{ identity: string; recipient: string }> {
  // Not one of the newer kinds: Debian's age must open what we write.
  const identity = await generateX25519Identity();
  return { identity, recipient: recipientSchema.parse(await identityToRecipient(identity)) };
}

/** The recipient that goes with an identity as somebody typed it. Throws `offsite-key-wrong`. */
export async function recipientOf(identity: string): Promise<string> {
  return identityToRecipient(parsedIdentity(identity)).catch(notAKey);
}

/** What comes, encrypted to a recipient in age's format, as it comes. */
export async function encrypted(content: AsyncIterable<Uint8Array>, recipient: string): Promise<Readable> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipientSchema.parse(recipient));
  const stream = await encrypter.encrypt(asWebStream(content));
  return Readable.from(stream, { objectMode: false });
}

/** At most so many bytes does the encryption of so many come to. */
export function mostEncryptedBytes(bytes: number): number {
  return bytes + 16 * (Math.floor(bytes / 65_536) + 1) + 1024;
}

/**
 * What comes, decrypted as it comes; each piece of 64 KiB is only handed on when it is what was encrypted. Throws `offsite-key-wrong`; the stream
 * fails with `offsite-differs` when something was changed or cut off, or with what the source fails with.
 */
export async function decrypted(
  content: AsyncIterable<Uint8Array>,
  identity: string,
  about: { where: string; what: string },
): Promise<Readable> {
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(parsedIdentity(identity));
  } catch (error) {
    notAKey(error);
  }
  const source = watched(content);
  const explain = (error: unknown) => (source.failed() ? source.failure() : explained(error, about));
  const stream = await decrypter.decrypt(asWebStream(source.content)).catch((error: unknown) => {
    throw explain(error);
  });
  return Readable.from(handedOn(stream, explain), { objectMode: false });
}

/** Remembers with what a source failed, so that it is not taken for a failure of who reads it. */
function watched(content: AsyncIterable<Uint8Array>) {
  const seen: unknown[] = [];
  async function* reading(): AsyncGenerator<Uint8Array> {
    try {
      yield* content;
    } catch (error) {
      seen.push(error);
      throw error;
    }
  }
  return { content: reading(), failed: () => seen.length > 0, failure: () => seen[0] };
}

async function* handedOn(stream: ReadableStream<Uint8Array>, explain: (error: unknown) => unknown): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw explain(error);
  }
}

function asWebStream(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = content[Symbol.asyncIterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => {
      await iterator.return?.();
    },
  });
}

function parsedIdentity(identity: string): string {
  const parsed = identitySchema.safeParse(identity);
  if (parsed.success) return parsed.data;
  throw new AppError("offsite-key-wrong", { reason: "it is not a secret key of age, or a character of it is missing" });
}

function notAKey(error: unknown): never {
  if (error instanceof AppError) throw error;
  throw new AppError("offsite-key-wrong", { reason: "a character of it is not right" }, { cause: error });
}

function explained(error: unknown, about: { where: string; what: string }): AppError {
  if (error instanceof Error && error.message.includes("no identity matched")) {
    return new AppError("offsite-key-wrong", { reason: "it belongs to another one" }, { cause: error });
  }
  return new AppError("offsite-differs", { ...about, reason: "it was changed or cut off" }, { cause: error });
}
