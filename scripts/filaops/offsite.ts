import { readFile } from "node:fs/promises";
import { ZodError } from "zod";
import type { Storage } from "../../server/offsite/contract.ts";
import { createIdentity } from "../../server/offsite/age.ts";
import { fetchBack, listCopies } from "../../server/offsite/copies.ts";
import { parseStorage } from "../../server/offsite/rules/storage-address.ts";
import { openStore } from "../../server/offsite/settings.ts";
import type { Ulid } from "../../server/platform/contract.ts";
import { readEnv } from "../../server/platform/env.ts";
import { AppError } from "../../server/platform/errors.ts";
import { firstIssue } from "../../server/platform/files.ts";
import { newUlid } from "../../server/platform/ids.ts";
import { silentLog } from "../../server/platform/log.ts";
import { composeWorld } from "../../server/updates/compose.ts";
import type { Answer } from "./answer.ts";
import { EXIT } from "./answer.ts";
import { follow } from "./follow.ts";
import type { Site } from "./site.ts";

/** Where copies go, and what lies there. */
export async function offsite(site: Site): Promise<Answer> {
  const { settings } = await site.updater.offsite.query();
  if (settings === null) {
    return { text: ["No place was set up that backups are copied to."], json: { settings, copies: [] }, exit: EXIT.ok };
  }
  const { copies } = await site.updater.offsiteCopies.query();
  const lines = copies.map(({ id, state, label, bytes }) => {
    const what = label === null ? "" : `  ${local(label.createdAt)}, FilaOps ${label.version}`;
    return `${id}${what}, ${(bytes / 1e6).toFixed(1)} MB${state === "whole" ? "" : `, ${state.toUpperCase()}`}`;
  });
  const text = [`Copies go to ${nameOf(settings.storage)}, for the key ${settings.recipient}.`];
  return {
    text: [...text, ...(lines.length === 0 ? ["None lies there yet."] : lines)],
    json: { settings, copies },
    exit: EXIT.ok,
  };
}

/**
 * Sets up where copies go, after it was tried. Without a recipient a new key is made, whose secret half is shown this once. The secret of an S3 access
 * key comes from the environment, as other tools take it, never from an argument.
 */
export async function setOffsite(site: Site, wanted: { address: string; recipient: string | undefined }): Promise<Answer> {
  const storage = storageOf(wanted.address);
  const secret = storage.kind === "s3" ? { secret: neededSecret() } : {};
  const made = wanted.recipient === undefined ? await createIdentity() : null;
  const recipient = wanted.recipient ?? made?.recipient ?? "";
  const tested = await site.updater.setOffsite.mutate({ storage, recipient, ...secret });
  const key = made === null ? [] : keyWords(made.identity);
  return {
    text: [
      `${nameOf(storage)} works (tried in ${tested.milliseconds} ms). Backups are copied there by themselves from now on.`,
      ...key,
    ],
    json: { storage, recipient, tested, identity: made?.identity ?? null },
    exit: EXIT.ok,
  };
}

/** Copies what does not lie there yet, and follows that to its end. */
export async function copyOut(site: Site): Promise<Answer> {
  const { run } = await site.updater.copyOut.mutate({ idempotencyKey: newUlid(site.clock) });
  return follow(site, run);
}

export async function stopOffsite(site: Site): Promise<Answer> {
  await site.updater.removeOffsite.mutate({});
  return { text: ["No more backups are copied. What lies there stays there."], json: { settings: null }, exit: EXIT.ok };
}

export type FetchWanted = {
  /** `s3://bucket/folder`, or a folder. */
  from: string;
  /** The newest whole copy, when left out. */
  id: Ulid | undefined;
  /** The file that the key is written in. */
  keyFile: string | undefined;
  yes: boolean;
};

/**
 * Brings a copy back from where copies go, with the owner's key: read through, and, where another installation made it, adopted when the operator says
 * so. Needs nothing of this installation's own settings: it is the way back on a new computer. Gives the backup's id; `null` when it was declined.
 */
export async function fetchCopy(site: Site, wanted: FetchWanted): Promise<{ id: Ulid } | Answer> {
  const identity = await identityOf(wanted.keyFile);
  const store = await openStore(storageOf(wanted.from), { secret: () => Promise.resolve(neededSecret()), clock: site.clock });
  const whole = (await listCopies(store)).filter(({ state }) => state === "whole");
  const copy = whole.find(({ id }) => id === (wanted.id ?? id));
  if (copy === undefined) throw new AppError("offsite-missing", { where: store.where, what: wanted.id ?? "whole copy" });
  site.say(
    `Fetching the backup of ${local(copy.label?.createdAt ?? "")} (FilaOps ${copy.label?.version ?? "?"}) from ${store.where} …`,
  );
  const world = await composeWorld({ ...site, log: silentLog, applicationName: "filaops-fetch" });
  try {
    const { folder } = await fetchBack({ paths: site.paths, store }, { id: copy.id, identity });
    const received = await world.backups.takeIn({ aside: copy.id, into: folder });
    site.say("It is whole: every checksum holds, and all of it can be read.");
    if (received.origin === "foreign") return await adopt(site, received.id, wanted.yes);
    return { id: received.id };
  } finally {
    await world.close();
  }
}

/** Whoever can write where copies lie, and knows the public key, could have put one there: so a person says that it is theirs. */
async function adopt(site: Site, id: Ulid, yes: boolean): Promise<{ id: Ulid } | Answer> {
  const question = "Another installation made it. Is it yours, and do you trust the place that it comes from?";
  if (!yes && (site.confirm === null || !(await site.confirm(question)))) {
    const text = [`It lies here as ${id} and is not used. \`filaops adopt-backup ${id}\` makes it one of yours.`];
    return { text, json: { backup: id, adopted: false }, exit: EXIT.problem };
  }
  await site.updater.adoptBackup.mutate({ backup: id });
  return { id };
}

/** Makes a backup that came from elsewhere one of this installation's. */
export async function adoptBackup(site: Site, id: Ulid): Promise<Answer> {
  await site.updater.adoptBackup.mutate({ backup: id });
  return {
    text: [`${id} is one of yours now. \`filaops drill ${id}\` proves it.`],
    json: { backup: id, adopted: true },
    exit: EXIT.ok,
  };
}

function storageOf(address: string): Storage {
  if (address.startsWith("s3://")) needed("AWS_ACCESS_KEY_ID");
  try {
    return parseStorage(address, {
      endpoint: readEnv("AWS_ENDPOINT_URL"),
      region: readEnv("AWS_REGION"),
      accessKeyId: readEnv("AWS_ACCESS_KEY_ID"),
    });
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    throw new AppError(
      "argument-missing",
      { what: `${address} is no place for copies (${firstIssue(error)})` },
      { cause: error },
    );
  }
}

/** Never an argument, which everybody on this computer could see. */
const neededSecret = () => needed("AWS_SECRET_ACCESS_KEY");

function needed(name: string): string {
  const value = readEnv(name);
  if (value === undefined || value === "") throw new AppError("argument-missing", { what: `${name} is not set` });
  return value;
}

async function identityOf(keyFile: string | undefined): Promise<string> {
  if (keyFile === undefined) {
    throw new AppError("input-invalid", { reason: "--key: the file that holds your key (AGE-SECRET-KEY-1…)" });
  }
  const text = await readFile(keyFile, "utf8").catch((error: unknown) => {
    throw new AppError("file-unreadable", { path: keyFile, reason: String(error) }, { cause: error });
  });
  // As age writes it: comments, then the key.
  return text.split("\n").find((line) => line !== "" && !line.startsWith("#")) ?? "";
}

function keyWords(identity: string): string[] {
  return [
    "",
    "This is the only key to these copies. It is shown this once and kept nowhere here:",
    "",
    `    ${identity}`,
    "",
    "Write it down and keep it away from this computer: without it nobody can read the copies, we neither.",
  ];
}

function nameOf(storage: Storage): string {
  return storage.kind === "folder" ? `the folder ${storage.path}` : `${storage.bucket}/${storage.prefix} at ${storage.endpoint}`;
}

function local(instant: string): string {
  return instant === "" ? "an unknown time" : new Date(instant).toLocaleString("sv-SE");
}
