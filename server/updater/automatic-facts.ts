import { lt } from "semver";
import { concern } from "../backups/rules/due.ts";
import type { Cap } from "../nag/contract.ts";
import type { Version } from "../platform/contract.ts";
import type { ReleaseChecker } from "../releases/check.ts";
import type { Announcement, AutomaticSettings } from "../updates/automatic-contract.ts";
import { readChain } from "../updates/chain.ts";
import { readInstallation } from "../updates/installation.ts";
import { readRecords } from "../updates/records.ts";
import type { AutomaticFacts } from "../updates/rules/automatic.ts";
import { announcedNight } from "../updates/rules/automatic.ts";
import type { RunRecord } from "../updates/rules/installation.ts";
import { dataSince } from "../updates/rules/installation.ts";
import { waitingForPerson } from "../updates/settle.ts";
import type { World } from "../updates/world.ts";
import { comparable } from "./backup-operations.ts";

export type FactParts = {
  world: World;
  checker: Pick<ReleaseChecker, "status">;
  /** Of the updater itself. */
  own: Version;
};

/** What was read already. */
type Read = { settings: AutomaticSettings; announcement: Announcement | null; cap: Cap | null | "unknown" };

/** Gathers how things stand, from the disk; the gate is asked only while the window is open. */
export async function automaticFacts(
  { world, checker, own }: FactParts,
  { settings, announcement, cap }: Read,
): Promise<AutomaticFacts> {
  const { paths, clock } = world;
  const [records, { version, highestCommitted }] = [await readRecords(paths), await readInstallation(world)];
  const night = announcedNight(settings, announcement, clock.now());
  const isOpen = night !== null && night.start <= clock.now();
  return {
    releases: await checker.status(),
    ...{ installed: version, updater: own, highestCommitted },
    tried: records.flatMap(({ plan }) => (plan.kind === "update" || plan.kind === "start_fresh" ? [plan.to] : [])),
    busy: await busyWith(world, records, lt(own, version)),
    backup: await backupsOf(world, records),
    ...{ cap, announcement },
    lastWriteAt: isOpen ? await lastWrite(world) : null,
  };
}

async function busyWith(world: World, records: readonly RunRecord[], isBehind: boolean): Promise<AutomaticFacts["busy"]> {
  if ((await waitingForPerson(world, records)) !== null) return "person";
  const isRunning = records.some(({ journal }) => !journal.some((entry) => entry.type === "finished"));
  if (isRunning || (await readChain(world.paths))?.state === "next") return "run";
  return isBehind ? "handover" : null;
}

async function backupsOf(
  { backups, backupSettings, clock }: World,
  records: readonly RunRecord[],
): Promise<AutomaticFacts["backup"]> {
  const good = (await backups.listAll()).flatMap(({ backup, problem }) => (backup === null || problem !== null ? [] : [backup]));
  if (good.length === 0) return "none-there";
  const { kind } = concern(await backupSettings(), comparable(good, dataSince(records)), clock.now());
  return kind === "none" ? "good" : kind;
}

/** Nobody has saved since; `null` when the gate does not say. */
async function lastWrite({ gate, clock, log }: World): Promise<string | null> {
  try {
    const { inFlight, lastWriteAt } = await gate.report();
    return inFlight.writes > 0 ? clock.now().toISOString() : (lastWriteAt ?? null);
  } catch (error) {
    log.warn({ err: error }, "the gate does not say when something was last saved");
    return null;
  }
}
