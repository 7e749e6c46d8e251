import { constants } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { AppError } from "../platform/errors.ts";
import { createExclusive } from "../platform/exclusive.ts";
import { exists, firstIssue, isErrno, makeFolder, syncFolder, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { OutboxLine } from "./contract.ts";
import { outboxLineSchema } from "./contract.ts";
import type { OutboxState } from "./rules/outbox-state.ts";
import { compacted, outboxState } from "./rules/outbox-state.ts";

/** The outbox of a home. One process writes it: the updater, which holds a lock. */
export type Outbox = {
  /** What its lines say; as long as nothing is added, the same object. */
  state: () => OutboxState;
  /** Durable when the promise is fulfilled. Lines of one call are written at once. */
  add: (lines: readonly OutboxLine[]) => Promise<void>;
};

/** From so many lines on, what is old is made shorter when the outbox is opened. */
const LONG = 2000;

/**
 * Opens the outbox. A line that was cut off by a power cut is the last one and says nothing yet: whoever wrote it did not go on. Any other that cannot be
 * read makes this throw `file-unreadable`, since what was told is not known then.
 */
export async function openOutbox(paths: Pick<HomePaths, "messages" | "outbox">): Promise<Outbox> {
  await makeFolder(paths.messages, 0o700);
  const { lines, torn } = await readLines(paths.outbox);
  let known = lines.length > LONG ? compacted(lines) : lines;
  let state = outboxState(known);
  if (torn || known !== lines) await writeAtomically(paths.outbox, known.map((line) => asText(line)).join(""), 0o600);
  let bytes = (await exists(paths.outbox)) ? (await stat(paths.outbox)).size : 0;
  const inTurn = createExclusive();
  return {
    state: () => state,
    add: (added) =>
      inTurn(async () => {
        const text = Buffer.from(added.map((line) => asText(line)).join(""));
        await writeAt(paths, text, bytes);
        bytes += text.length;
        known = [...known, ...added];
        state = outboxState(known);
      }),
  };
}

/** What can be read of the outbox by whoever only looks. */
export async function readOutbox(paths: Pick<HomePaths, "outbox">): Promise<OutboxState> {
  return outboxState((await readLines(paths.outbox)).lines);
}

async function readLines(path: string): Promise<{ lines: OutboxLine[]; torn: boolean }> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return "";
    throw new AppError("file-unreadable", { path, reason: String(error) }, { cause: error });
  });
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = whole.split("\n").slice(0, -1);
  return { lines: lines.map((line, index) => parsed(line, `${path}, line ${index + 1}`)), torn: whole.length < text.length };
}

function parsed(line: string, from: string): OutboxLine {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch (error) {
    throw new AppError("file-unreadable", { path: from, reason: "it is not JSON" }, { cause: error });
  }
  const result = outboxLineSchema.safeParse(raw);
  if (result.success) return result.data;
  throw new AppError("file-unreadable", { path: from, reason: firstIssue(result.error) });
}

/** What an earlier try left behind `position`, on a disk that was full, goes first: nothing may follow half a line. */
async function writeAt(
  { messages, outbox }: Pick<HomePaths, "messages" | "outbox">,
  text: Buffer,
  position: number,
): Promise<void> {
  const handle = await open(outbox, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  try {
    await handle.truncate(position);
    for (let written = 0; written < text.length;) {
      written += (await handle.write(text, written, text.length - written, position + written)).bytesWritten;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(messages);
}

function asText(line: OutboxLine): string {
  // What we could not read again is not written.
  return `${JSON.stringify(outboxLineSchema.parse(line))}\n`;
}
