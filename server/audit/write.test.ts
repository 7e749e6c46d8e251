import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { silentLog } from "../platform/log.ts";
import { auditEntrySchema } from "./contract.ts";
import { createAudit } from "./write.ts";

const entry = { actor: { kind: "operator" }, action: "updater.start", result: "done", detail: { run: "R" } } as const;

test("entries are appended whole, however many are written at once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "filaops-audit-"));
  const path = join(folder, "audit.ndjson");
  const audit = createAudit({ path, clock: systemClock, log: silentLog });
  await Promise.all(Array.from({ length: 50 }, (_, index) => audit({ ...entry, detail: { run: "R".repeat(index * 50) } })));
  await audit({ ...entry, detail: { text: "a\nline" } });
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => auditEntrySchema.parse(JSON.parse(line)).action)).toHaveLength(51);
  await rm(folder, { recursive: true });
});

test("a disk that takes no entry is said in the log, with the entry, and stops nothing", async () => {
  const said: object[] = [];
  const log = { ...silentLog, error: (fields: object) => void said.push(fields) };
  await createAudit({ path: "/dev/full", clock: systemClock, log })(entry);
  expect(said).toMatchObject([{ audit: { action: "updater.start" } }]);
});
