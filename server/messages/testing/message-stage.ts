import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remove } from "../../platform/files.ts";
import type { HomePaths } from "../../platform/home.ts";
import { homePaths } from "../../platform/home.ts";
import { silentLog } from "../../platform/log.ts";
import type { Channel, MessageSettings, Target } from "../contract.ts";
import type { Messenger } from "../messenger.ts";
import { createMessenger } from "../messenger.ts";
import { openOutbox } from "../outbox.ts";
import type { MessageFacts } from "../rules/what-to-tell.ts";
import type { RunFact } from "../rules/words.ts";
import type { Send } from "../run-sender.ts";
import { send } from "../sender/send.ts";

export const START = new Date("2026-11-26T12:00:00.000Z");
export const CHANNEL = "01JD000000000000000000CHAN";
export const RUN = "01JD0000000000000000000RVN";

export type MessageStage = {
  paths: HomePaths;
  facts: MessageFacts & { runs: RunFact[] };
  settings: MessageSettings;
  /** What the farm calls itself. */
  farm: string | null;
  /** Moves the clock on, in minutes. */
  later: (minutes: number) => void;
  /** The messenger of a process that has just started. */
  start: (send?: Send) => Promise<Messenger>;
  close: () => Promise<void>;
};

/** A home in which nothing was told yet, and how things stand on this farm: everything as it should be, until a test says otherwise. */
export async function setMessageStage(): Promise<MessageStage> {
  const paths = homePaths(await mkdtemp(join(tmpdir(), "filaops-messages-")));
  let now = START.getTime();
  const stage: MessageStage = {
    paths,
    facts: { runs: [], installed: "1.0.0", release: null, scheduled: null, overdue: null },
    farm: "Krämer & Söhne",
    settings: {
      v: 1,
      channels: [],
      quiet: { enabled: false, from: "22:00", to: "07:00", timeZone: "Europe/Berlin", urgentPasses: false },
      allowed: ["127.0.0.0/8"],
    },
    later: (minutes) => (now += minutes * 60_000),
    start: async (how = send) =>
      createMessenger({
        settings: () => Promise.resolve(stage.settings),
        secretOf: () => Promise.resolve("a-secret-of-this-channel"),
        facts: () => Promise.resolve(stage.facts),
        sign: () => Promise.resolve({ farm: stage.farm, version: "1.0.0", publicUrl: "https://farm.example" }),
        instanceId: "01JD0000000000000000000HME",
        outbox: await openOutbox(paths),
        send: how,
        clock: { now: () => new Date(now) },
        log: silentLog,
        random: () => 0.5,
      }),
    close: () => remove(paths.home),
  };
  return stage;
}

/** A channel that is told everything. */
export function channelTo(target: Target, change: Partial<Channel> = {}): Channel {
  return {
    id: CHANNEL,
    target,
    events: [
      "update.available",
      "update.scheduled",
      "update.started",
      "update.complete",
      "update.rolled_back",
      "needs_attention",
      "backup.failed",
      "backup.overdue",
    ],
    level: "subtle",
    since: START.toISOString(),
    ...change,
  };
}

/** An update that has begun a second after the start. */
export function runOf(change: Partial<RunFact> = {}): RunFact {
  return {
    run: RUN,
    kind: "update",
    isJob: false,
    name: "The update to 1.1.0",
    from: "1.0.0",
    to: "1.1.0",
    startedAt: "2026-11-26T12:00:01.000Z",
    startedBy: "Maria",
    finishedAt: null,
    outcome: null,
    problem: null,
    pauseMs: null,
    ...change,
  };
}
