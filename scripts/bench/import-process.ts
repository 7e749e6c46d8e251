import { createReadStream } from "node:fs";
import { asAdmin } from "../../server/auth/actors.ts";
import { createImports } from "../../server/imports/imports.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { createAppDatabase } from "../../server/platform/db.ts";
import { readEnv } from "../../server/platform/env.ts";
import { silentLog } from "../../server/platform/log.ts";

/** One import in a process of its own, as the web makes it, so that its memory can be seen: upload, preview, then all of it. Prints one JSON object. */
const database = createAppDatabase({
  url: readEnv("FILAOPS_DATABASE_URL") ?? "",
  schemaHead: readEnv("FILAOPS_BENCH_HEAD") ?? "",
  applicationName: "filaops-bench",
});
const imports = createImports({
  ...{ folder: readEnv("FILAOPS_IMPORTS"), files: undefined, database, clock: systemClock, log: silentLog },
});
const actor = asAdmin({ id: 1n, name: "Bench", email: "bench@farm.example", role: "admin" });
if (actor === null) throw new Error("the bench is no admin");
const begun = performance.now();
const content = createReadStream(readEnv("FILAOPS_BENCH_ZIP") ?? "") as AsyncIterable<Uint8Array>;
const { id } = await imports.receive(actor, { fileName: "export.zip", content });
await imports.idle();
const read = await imports.get(actor, id);
if (read.phase.kind !== "ready" || read.phase.preview.errors > 0) {
  throw new Error(`it was not read: ${JSON.stringify(read.phase)}`);
}
const previewMs = performance.now() - begun;
await imports.apply(actor, { id, policy: "add_only" });
await imports.idle();
const ms = performance.now() - begun;
const { phase } = await imports.get(actor, id);
if (phase.kind !== "done") throw new Error(`it was not imported: ${JSON.stringify(phase)}`);
const rows = phase.report.counts.reduce((sum, { added }) => sum + added, 0);
await imports.remove(actor, id);
await database.close();
// Linux counts it in kilobytes.
const peakMb = Math.round(process.resourceUsage().maxRSS / 1000);
process.stdout.write(`${JSON.stringify({ rows, previewMs, ms, peakMb })}\n`);
