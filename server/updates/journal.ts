import type { FileHandle } from "node:fs/promises";
import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { AppError } from "../platform/errors.ts";
import { createExclusive } from "../platform/exclusive.ts";
import { isErrno, syncFolder } from "../platform/files.ts";
import type { JournalEntry } from "./contract.ts";
import { journalEntrySchema } from "./contract.ts";

/**
 * A run's journal: one JSON object a line, its CRC-32 (eight hex digits) and a space before it. Appended and fsynced; a line is there or it is
 * not. One writer, the holder of the run lock; readers only read.
 */
export type Journal = {
  entries: () => readonly JournalEntry[];
  /** Durable when it returns. When it throws, the line is not in the journal. One line after another, in the order of asking. */
  append: (entry: JournalEntry) => Promise<void>;
  close: () => Promise<void>;
};

/** Opens a journal to write on: a torn tail is cut, and what was read is made durable, before anything is appended. */
export async function openJournal(path: string, onDiskFull: () => Promise<void>): Promise<Journal> {
  const { entries, goodBytes } = parseJournal(await readBytes(path), path);
  const handle = await open(path, "r+");
  // A line whose fsync failed may be readable and not durable: after this it is both, or we do not go on.
  await handle.truncate(goodBytes);
  await handle.sync();
  return fileJournal(handle, { entries: strict(entries, path), bytes: goodBytes }, onDiskFull);
}

/** Creates a journal with its first entry; it must not exist yet. Durable, its folder entry too, when it returns. */
export async function createJournal(path: string, first: JournalEntry): Promise<void> {
  const handle = await open(path, "wx", 0o640);
  try {
    await handle.writeFile(toLine(first));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(path));
}

/**
 * The entries of a journal for a viewer: a torn tail and types that it does not know are left out. Of one that is damaged it gives what can be
 * read, and says the damage.
 */
export async function readJournal(path: string): Promise<{ entries: JournalEntry[]; damage: AppError | null }> {
  const { entries, beyond } = splitJournal(await readBytes(path));
  const known = [...entries, ...beyond].flatMap((raw) => {
    const parsed = journalEntrySchema.safeParse(raw);
    return parsed.success ? [parsed.data] : [];
  });
  return { entries: known, damage: beyond.length === 0 ? null : damaged(path, entries.length + 1) };
}

/**
 * Splits a journal's bytes into lines whose CRC holds. A torn *tail* is what a power cut leaves and is not an error; a bad line before a good
 * one is damage that a person must see.
 */
export function parseJournal(bytes: Buffer, path: string): { entries: unknown[]; goodBytes: number } {
  const { entries, goodBytes, beyond } = splitJournal(bytes);
  if (beyond.length > 0) throw damaged(path, entries.length + 1);
  return { entries, goodBytes };
}

function damaged(path: string, line: number): AppError {
  return new AppError("file-unreadable", { path, reason: `line ${line} is damaged, and good lines come after it` });
}

/** The good lines up to the first bad one, how many bytes these are, and the good lines beyond. */
function splitJournal(bytes: Buffer): { entries: unknown[]; goodBytes: number; beyond: unknown[] } {
  const entries: unknown[] = [];
  let goodBytes = 0;
  while (goodBytes < bytes.length) {
    const end = bytes.indexOf(0x0a, goodBytes);
    const entry = end === -1 ? undefined : parseLine(bytes.toString("utf8", goodBytes, end));
    if (entry === undefined) break;
    entries.push(entry);
    goodBytes = end + 1;
  }
  const lines = bytes.toString("utf8", goodBytes).split("\n").slice(0, -1);
  return { entries, goodBytes, beyond: lines.map(parseLine).filter((entry) => entry !== undefined) };
}

function toLine(entry: JournalEntry): string {
  const json = JSON.stringify(entry);
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

function parseLine(line: string): unknown {
  const json = line.slice(9);
  if (line[8] !== " " || crc32(json).toString(16).padStart(8, "0") !== line.slice(0, 8)) return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined; // a CRC that holds over no JSON: treated like any other bad line
  }
}

/** The runner stops at what it does not know (R10): it may not decide over a run that it does not understand. */
function strict(entries: readonly unknown[], path: string): JournalEntry[] {
  return entries.map((raw, index) => {
    const parsed = journalEntrySchema.safeParse(raw);
    if (parsed.success) return parsed.data;
    throw new AppError("file-unreadable", { path, reason: `line ${index + 1} is of a kind that this version does not know` });
  });
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new AppError("file-unreadable", { path, reason: String(error) }, { cause: error });
  }
}

function fileJournal(
  handle: FileHandle,
  start: { entries: JournalEntry[]; bytes: number },
  onDiskFull: () => Promise<void>,
): Journal {
  const entries = [...start.entries];
  const inTurn = createExclusive();
  let bytes = start.bytes;

  async function write(line: Buffer): Promise<void> {
    try {
      for (let written = 0; written < line.length;) {
        written += (await handle.write(line, written, line.length - written, bytes + written)).bytesWritten;
      }
      await handle.sync();
    } catch (error) {
      // Taken back: what cannot be made durable is not written. If even that fails, the process ends with it, and the next one reads what is there.
      await handle.truncate(bytes);
      await handle.sync();
      throw error;
    }
  }

  return {
    entries: () => entries,
    append: (entry) =>
      inTurn(async () => {
        const line = Buffer.from(toLine(entry));
        try {
          await write(line);
        } catch (error) {
          if (!isErrno(error, "ENOSPC")) throw error;
          await onDiskFull();
          await write(line);
        }
        bytes += line.length;
        entries.push(entry);
      }),
    close: () => inTurn(() => handle.close()),
  };
}
