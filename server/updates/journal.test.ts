import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JournalEntry } from "./contract.ts";
import { createJournal, openJournal, parseJournal, readJournal } from "./journal.ts";

const at = "2026-01-05T08:00:00.000Z";
const first: JournalEntry = { type: "runner", pid: 1, at };
const second: JournalEntry = { type: "started", step: "preflight", at };
const third: JournalEntry = { type: "done", step: "preflight", ms: 3, detail: "ümläut ✓", at };
const never = () => Promise.reject(new Error("the disk is not full"));

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-"));
  path = join(folder, "journal.ndjson");
  await createJournal(path, first);
});
afterEach(() => rm(folder, { recursive: true }));

async function written(...entries: JournalEntry[]): Promise<void> {
  const journal = await openJournal(path, never);
  for (const entry of entries) await journal.append(entry);
  await journal.close();
}

describe("a journal", () => {
  test("gives back what was appended, in order", async () => {
    await written(second, third);
    expect(await readJournal(path)).toEqual({ entries: [first, second, third], damage: null });
  });

  // A step that was given up wrote beside its own undo: both lines went to the same place of the file, and made it unreadable for ever.
  test("takes one line after another, also when two are handed in at once", async () => {
    const journal = await openJournal(path, never);
    await Promise.all([journal.append(second), journal.append(third)]);
    await journal.close();
    expect(await readJournal(path)).toEqual({ entries: [first, second, third], damage: null });
  });

  test("is not created over another one", async () => {
    await expect(createJournal(path, second)).rejects.toThrow("EEXIST");
  });

  // A power cut in the middle of an append leaves half a line; appending behind it once made both lines unreadable (F79).
  test("loses a torn tail before the next line is appended, wherever it was torn", async () => {
    await written(second, third);
    const whole = await readFile(path);
    const lineEnd = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (let length = lineEnd; length < whole.length; length += 1) {
      await writeFile(path, whole.subarray(0, length));
      expect(await readJournal(path)).toEqual({ entries: [first, second], damage: null });
      await written(third);
      expect(await readJournal(path)).toEqual({ entries: [first, second, third], damage: null });
    }
  });

  test("says that it is damaged when a good line follows a bad one; a viewer sees the others, the runner stops", async () => {
    await written(second, third);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace("preflight", "preflighT"));
    expect(await readJournal(path)).toMatchObject({ entries: [first, third], damage: { code: "file-unreadable" } });
    await expect(openJournal(path, never)).rejects.toMatchObject({ code: "file-unreadable" });
  });

  test("never gives back anything but a prefix of what was written, whatever single byte is changed", async () => {
    await written(second, third);
    const whole = await readFile(path);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const bytes = Buffer.from(whole);
        bytes[position] = (bytes[position] ?? 0) ^ change;
        let entries: unknown[];
        try {
          ({ entries } = parseJournal(bytes, path));
        } catch {
          return; // said to be damaged, which is always right here
        }
        expect([first, second, third].slice(0, entries.length)).toEqual(entries);
        expect(entries.length).toBeLessThan(3);
      }),
    );
  });

  test("lets a viewer pass over a kind of line that it does not know, and stops the runner", async () => {
    await createJournal(`${path}.new`, { type: "from-the-future", at } as unknown as JournalEntry);
    const future = await readFile(`${path}.new`);
    await appendFile(path, future);
    await written(second).then(
      () => expect.unreachable(),
      (error: unknown) => {
        expect(error).toMatchObject({ code: "file-unreadable" });
      },
    );
    expect(await readJournal(path)).toEqual({ entries: [first], damage: null });
  });

  test("is damaged, not empty, when it was cut to nothing but junk", async () => {
    await truncate(path, 0);
    await appendFile(path, Buffer.from([0, 1, 2, 10, 0, 3]));
    expect(await readJournal(path)).toEqual({ entries: [], damage: null });
  });
});
