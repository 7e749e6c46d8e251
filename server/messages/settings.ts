import { z } from "zod";
import { makeFolder, readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { MessageSettings } from "./contract.ts";
import { channelSecretSchema, messageSettingsSchema } from "./contract.ts";

type Paths = Pick<HomePaths, "messages" | "messageSettings" | "messageSecrets" | "keys">;

/** By the channel's id. */
const secretsSchema = z.object({ v: z.literal(1), secrets: z.record(z.string(), channelSecretSchema) });

/** Where messages go and when they wait; until that was set up, nowhere. No secret is in it. */
export async function readSettings(paths: Paths, timeZone: string): Promise<MessageSettings> {
  const first: MessageSettings = {
    v: 1,
    channels: [],
    quiet: { enabled: false, from: "22:00", to: "07:00", timeZone, urgentPasses: false },
    allowed: [],
  };
  return (await readJson(paths.messageSettings, messageSettingsSchema)) ?? first;
}

export async function writeSettings(paths: Paths, settings: MessageSettings): Promise<void> {
  await makeFolder(paths.messages, 0o700);
  const text = JSON.stringify(messageSettingsSchema.parse(settings), null, 2);
  await writeAtomically(paths.messageSettings, `${text}\n`, 0o600);
}

/** The secret of a channel, or `null` where it has none. */
export async function readSecret(paths: Paths, channel: string): Promise<string | null> {
  return (await readAll(paths))[channel] ?? null;
}

/** The channels that have a secret. */
export async function withSecret(paths: Paths): Promise<Set<string>> {
  return new Set(Object.keys(await readAll(paths)));
}

/** Keeps a channel's secret, or forgets it (`null`). It is never written beside the settings. */
export async function writeSecret(paths: Paths, channel: string, secret: string | null): Promise<void> {
  const others = Object.entries(await readAll(paths)).filter(([id]) => id !== channel);
  const secrets = Object.fromEntries(secret === null ? others : [...others, [channel, secret]]);
  await makeFolder(paths.keys, 0o700);
  await writeAtomically(paths.messageSecrets, `${JSON.stringify(secretsSchema.parse({ v: 1, secrets }))}\n`, 0o600);
}

async function readAll(paths: Paths): Promise<Record<string, string>> {
  return (await readJson(paths.messageSecrets, secretsSchema))?.secrets ?? {};
}
