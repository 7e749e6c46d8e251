import { asOwner } from "../../server/auth/actors.ts";
import { exportOptionsSchema } from "../../server/exports/contract.ts";
import { createExports } from "../../server/exports/exports.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { createAppDatabase } from "../../server/platform/db.ts";
import { readEnv } from "../../server/platform/env.ts";
import { silentLog } from "../../server/platform/log.ts";

/**
 * Exports in a process of their own, as the web makes them, so that their memory can be seen: one after the other, as often as asked. The last line is one JSON
 * object, with the median of the times.
 */
const folder = readEnv("FILAOPS_EXPORTS");
const database = createAppDatabase({
  url: readEnv("FILAOPS_DATABASE_URL") ?? "",
  schemaHead: readEnv("FILAOPS_BENCH_HEAD") ?? "",
  applicationName: "filaops-bench",
});
const exporter = createExports({
  ...{ database, folder, files: undefined, appVersion: "1.0.0", clock: systemClock, log: silentLog },
});
const actor = asOwner({ id: 1n, name: "Bench", email: "bench@farm.example", role: "owner" });
if (actor === null) throw new Error("the bench is no owner");
const times: number[] = [];
const made = { id: "", rows: 0, bytes: 0 };
while (times.length < Number(readEnv("FILAOPS_BENCH_TIMES"))) {
  const begun = performance.now();
  const { id } = await exporter.start(actor, { options: exportOptionsSchema.parse({}), key: null });
  await exporter.ended();
  times.push(performance.now() - begun);
  const { state, rows, bytes, problem } = await exporter.get(id);
  if (state !== "complete") throw new Error(`the export did not complete: ${problem?.happened ?? state}`);
  Object.assign(made, { id, rows: rows.done, bytes: bytes ?? 0 });
}
await database.close();
// Linux counts it in kilobytes.
const peakMb = Math.round(process.resourceUsage().maxRSS / 1000);
const ms = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
process.stdout.write(`${JSON.stringify({ ...made, ms, peakMb })}\n`);
