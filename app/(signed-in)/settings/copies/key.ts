import { ASKABLE_GROUPS, recipientSchema } from "../../../../server/offsite/contract.ts";
import type { StorageInput } from "./storage-form.ts";

/** The key that copies are encrypted to. The identity of one that was made here lives in this page only, until it is left. */
export type KeyPair = { identity: string; recipient: string };

/**
 * A new key pair of age, made in this browser: nobody else ever sees the identity. The library is loaded only now; and it needs to be told where a
 * page over plain HTTP, as in most workshops, has no `crypto.subtle`, or it would fail instead of computing by itself.
 */
export async function makeKey(): Promise<KeyPair> {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const identity = await generateX25519Identity();
  return withSubtle(async () => ({ identity, recipient: recipientSchema.parse(await identityToRecipient(identity)) }));
}

async function withSubtle<T>(act: () => Promise<T>): Promise<T> {
  if ("subtle" in crypto) return act();
  const importKey = () => Promise.reject(new DOMException("there is none on this page", "NotSupportedError"));
  Object.defineProperty(crypto, "subtle", { value: { importKey }, configurable: true });
  try {
    return await act();
  } finally {
    Reflect.deleteProperty(crypto, "subtle");
  }
}

/** One of the groups that may be asked for, counted from 1. */
export function randomGroup(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return 1 + (random % ASKABLE_GROUPS);
}

/** "1st", "2nd", "13th". */
export function ordinal(value: number): string {
  const endings = { one: "st", two: "nd", few: "rd", other: "th", many: "th", zero: "th" } as const;
  return `${value}${endings[new Intl.PluralRules("en", { type: "ordinal" }).select(value)]}`;
}

/** The key as a file that age reads as it is, and that somebody understands who finds it in ten years. */
export function keyFile({ identity, recipient }: KeyPair, about: { farm: string; made: Date; where: string }): string {
  // A line break in a name would end the comment.
  const line = (text: string) => `# ${text.replaceAll(/\s+/g, " ")}`;
  return [
    line(`FilaOps: the key to the copies of the backups of ${about.farm}`),
    line(`Made on ${about.made.toISOString().slice(0, 10)}. The copies lie here: ${about.where}`),
    line("Keep this file away from the computer that FilaOps runs on: on paper, or in a password manager."),
    line("Without it nobody can read the copies, not even the makers of FilaOps. With it, anybody can."),
    line(`public key: ${recipient}`),
    identity,
    "",
  ].join("\n");
}

/** What is sent when the set-up is saved: of the key its public half only. */
export function savedInput({ storage, secret }: StorageInput, key: Pick<KeyPair, "recipient">, password: string) {
  return { storage, ...(secret === undefined ? {} : { secret }), recipient: key.recipient, password };
}
