import { readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Instance, SlotName } from "./contract.ts";
import { slotsFileSchema } from "./contract.ts";

export type Slots = Partial<Record<SlotName, Instance>>;

/** What `run/slots.json` records, dead or alive. */
export async function readSlots(paths: HomePaths): Promise<Slots> {
  return (await readJson(paths.slots, slotsFileSchema))?.slots ?? {};
}

/** Records what is in a slot, durably; `null` empties it. Read again right before, since only the holder of the run lock may write at the same time as nobody else. */
export async function recordSlot(paths: HomePaths, slot: SlotName, instance: Instance | null): Promise<void> {
  const slots = await readSlots(paths);
  if (instance === null) Reflect.deleteProperty(slots, slot);
  else slots[slot] = instance;
  await writeAtomically(paths.slots, `${JSON.stringify({ v: 1, slots }, null, 2)}\n`);
}
