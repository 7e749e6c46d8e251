import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isErrno } from "../platform/files.ts";
import type { Finding } from "./contract.ts";
import { findingSchema, LIMITS } from "./contract.ts";

const NAME = "problems.ndjson";

/** What was found in one import: counted all, kept up to a number that nobody could read through anyway. */
export type Findings = {
  add: (finding: Finding) => void;
  counts: () => { errors: number; notices: number };
  drain: () => Promise<void>;
  close: () => Promise<void>;
};

export async function createFindings(folder: string): Promise<Findings> {
  const file: FileHandle = await open(join(folder, NAME), "w", 0o600);
  let errors = 0;
  let notices = 0;
  let waiting: string[] = [];
  async function drain(): Promise<void> {
    if (waiting.length === 0) return;
    const text = waiting.join("");
    waiting = [];
    await file.write(text);
  }
  return {
    add(finding) {
      if (finding.severity === "error") errors += 1;
      else notices += 1;
      if (errors + notices <= LIMITS.kept) waiting.push(`${JSON.stringify(finding)}\n`);
    },
    counts: () => ({ errors, notices }),
    drain,
    async close() {
      await drain();
      await file.close();
    },
  };
}

/** What was kept, in the order in which it was found; nothing when nothing was looked at yet. */
export async function* keptFindings(folder: string): AsyncGenerator<Finding> {
  const stream = createReadStream(join(folder, NAME), "utf8");
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) yield findingSchema.parse(JSON.parse(line));
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  } finally {
    stream.destroy();
  }
}

/** The first ones, errors before notices, as many as are shown. */
export async function firstFindings(folder: string): Promise<Finding[]> {
  const errors: Finding[] = [];
  const notices: Finding[] = [];
  for await (const finding of keptFindings(folder)) {
    const list = finding.severity === "error" ? errors : notices;
    if (list.length < LIMITS.shown) list.push(finding);
    if (errors.length === LIMITS.shown) break;
  }
  return [...errors, ...notices].slice(0, LIMITS.shown);
}
