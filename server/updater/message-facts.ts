import { gt } from "semver";
import { concern } from "../backups/rules/due.ts";
import type { MessageFacts } from "../messages/rules/what-to-tell.ts";
import type { RunFact } from "../messages/rules/words.ts";
import type { Cap } from "../nag/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { ReleaseChecker } from "../releases/check.ts";
import { nag } from "../releases/rules/nag.ts";
import { windowWords } from "../updates/automatic-contract.ts";
import { readInstallation } from "../updates/installation.ts";
import { readRecords } from "../updates/records.ts";
import { actorName } from "../updates/rules/history.ts";
import type { RunRecord } from "../updates/rules/installation.ts";
import { isJob } from "../updates/rules/kinds.ts";
import { runName } from "../updates/rules/run-words.ts";
import { deriveStatus } from "../updates/rules/status.ts";
import type { World } from "../updates/world.ts";
import type { Automatic } from "./automatic.ts";

/** What does not change from one moment to the next is looked at so often only. */
const STANDING_MS = 60_000;

type Standing = Pick<MessageFacts, "overdue"> & { release: MessageFacts["release"] };

type Asked = {
  checker: Pick<ReleaseChecker, "status">;
  /** The owner's cap on notices: it holds for messages too. */
  cap: () => Promise<Cap | null>;
  automatic: Pick<Automatic, "announced">;
};

/** Gathers how things stand, from the disk alone. */
export function createMessageFacts(world: World, asked: Asked): () => Promise<MessageFacts> {
  let last: { at: number; standing: Standing } | null = null;
  return async () => {
    const now = world.clock.monotonic();
    if (last === null || now - last.at >= STANDING_MS) last = { at: now, standing: await standingOf(world, asked) };
    const [records, { version }] = [await readRecords(world.paths), await readInstallation(world)];
    const { release, overdue } = last.standing;
    // What was found a moment ago may have been installed meanwhile.
    const isNewer = release !== null && gt(release.version, version);
    const runs = records.map((record) => runFact(record));
    const scheduled = await scheduledFact(asked.automatic, version);
    return { runs, installed: version, release: isNewer ? release : null, scheduled, overdue };
  };
}

async function scheduledFact(automatic: Asked["automatic"], installed: string): Promise<MessageFacts["scheduled"]> {
  const announced = await automatic.announced();
  if (announced === null || !gt(announced.version, installed)) return null;
  const { version, announcedAt, notBefore, window, timeZone } = announced;
  return { version, announcedAt, when: windowWords(window, timeZone), putOff: notBefore !== null };
}

/** A run as messages speak of it. One whose record is damaged waits for a person, as the history has it. */
export function runFact({ run, plan, journal, damage }: RunRecord): RunFact {
  const last = journal.at(-1)?.at ?? plan.createdAt;
  const status = deriveStatus(plan, journal, { progress: null, now: new Date(last) });
  return {
    run,
    kind: plan.kind,
    isJob: isJob(plan.kind),
    name: runName(status),
    from: plan.from,
    to: plan.to,
    startedAt: status.startedAt,
    startedBy: actorName(status.startedBy),
    finishedAt: status.finishedAt ?? (damage === null ? null : last),
    outcome: status.outcome ?? (damage === null ? null : "needs_attention"),
    problem: damage ?? status.problem,
    pauseMs: status.pauseMs,
  };
}

async function standingOf(world: World, { checker, cap }: Asked): Promise<Standing> {
  const now = world.clock.now();
  const releases = await checker.status();
  const { version: installed } = await readInstallation(world);
  const { level } = nag({ installed, releases: releases.newer ?? [], dismissal: null, cap: await cap() }, now);
  const release = releases.kind === "available" ? { version: releases.release.version, level } : null;
  const good = (await world.backups.listAll()).flatMap(({ backup }) => (backup === null ? [] : [backup]));
  const found = concern(await world.backupSettings(), good, now);
  if (found.kind !== "overdue") return { release, overdue: null };
  const { problem } = new AppError("backup-overdue", { lastAt: found.lastAt });
  return { release, overdue: { lastAt: found.lastAt, problem } };
}
