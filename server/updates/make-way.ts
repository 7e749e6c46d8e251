import type { Actor, Ulid } from "../platform/contract.ts";
import { wishCancel } from "./cancel.ts";
import { openRun } from "./history.ts";
import { readPlan } from "./plan.ts";
import { readRecord } from "./records.ts";
import { isJob } from "./rules/kinds.ts";
import type { World } from "./world.ts";

/** How long one waits for a job to end once it was told, in milliseconds: it breaks off what it reads or writes, and removes what it made. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 50;

/**
 * A job that began by itself gives way to a change that a person wants now: it is cancelled, which changes nothing, and made up for later. One that a person
 * began is left alone. Whether a change may begin is decided by `startRun`, after this.
 */
export async function makeWay(
  { paths, clock }: Pick<World, "paths" | "clock">,
  { plan: id, actor }: { plan: Ulid; actor: Actor },
): Promise<void> {
  const [plan, open] = [await readPlan(paths, id), await openRun(paths)];
  if (plan === null || open === null || isJob(plan.kind)) return;
  const record = await readRecord(paths, open);
  const planned = record?.journal.find((entry) => entry.type === "planned");
  if (record === null || !isJob(record.plan.kind) || planned?.actor.kind !== "system") return;
  await wishCancel(paths, open, actor);
  const deadline = clock.monotonic() + PATIENCE_MS;
  while ((await openRun(paths)) === open && clock.monotonic() < deadline) await clock.sleep(LOOK_MS);
}
