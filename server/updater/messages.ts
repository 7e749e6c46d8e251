import type { Login } from "../databases/connect.ts";
import { runSender } from "../deployment/docker/sender.ts";
import type { Messenger, MessengerDeps } from "../messages/messenger.ts";
import { createMessenger } from "../messages/messenger.ts";
import { openOutbox } from "../messages/outbox.ts";
import { childSender, createSender } from "../messages/run-sender.ts";
import { readSecret, readSettings } from "../messages/settings.ts";
import { lockHolder } from "../platform/lock.ts";
import type { ReleaseChecker } from "../releases/check.ts";
import { readInstallation } from "../updates/installation.ts";
import { readState } from "../updates/records.ts";
import type { World } from "../updates/world.ts";
import type { Automatic } from "./automatic.ts";
import type { FarmSettings } from "./farm-settings.ts";
import { readFarmSettings } from "./farm-settings.ts";
import { createMessageFacts } from "./message-facts.ts";

type Parts = {
  world: World;
  checker: ReleaseChecker;
  automatic: Pick<Automatic, "announced">;
  target: { login: Login; database: string };
};

/** How often it is looked whether there is something to tell. */
const LOOK_MS = 5000;

/** The messenger of this installation. Its outbox is opened when it is first needed: one that cannot be read stops messages and nothing else. */
export function createMessages({
  world,
  checker,
  automatic,
  target,
}: Parts): Messenger & { run: (ending: AbortSignal) => Promise<void> } {
  const { paths, clock, log, config } = world;
  let opened: Promise<Messenger> | null = null;
  const farm = createFarmSettings(world, target);
  const deps: Omit<MessengerDeps, "outbox" | "instanceId"> = {
    settings: async () => readSettings(paths, (await world.backupSettings()).schedule.timeZone),
    secretOf: (channel) => readSecret(paths, channel),
    facts: createMessageFacts(world, { checker, automatic, cap: async () => (await farm()).cap }),
    sign: async () => ({
      farm: (await farm()).name,
      version: (await readInstallation(world)).version,
      publicUrl: config.publicUrl,
    }),
    send: createSender(config.driver === "docker" ? (order) => runSender(config, order) : childSender()),
    random: Math.random,
    clock,
    log,
  };
  const open = async (): Promise<Messenger> => {
    const { instanceId } = await readState(paths);
    return createMessenger({ ...deps, instanceId, outbox: await openOutbox(paths) });
  };
  const messenger = () => {
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  const look = async () => (await messenger()).look();
  return {
    look,
    test: async (channel, secret) => (await messenger()).test(channel, secret),
    /** Looks again and again until the signal. What does not work is said in the log, once for as long as it is the same. */
    run: async (ending) => {
      let said = "";
      while (!ending.aborted) {
        await look().then(
          () => (said = ""),
          (error: unknown) => {
            if (String(error) !== said) log.error({ err: error }, "telling people elsewhere did not work");
            said = String(error);
          },
        );
        await clock.sleep(LOOK_MS, ending).catch(() => undefined);
      }
    },
  };
}

/** While a run is at work, no session of ours shall be in its way: what was known before is good enough. */
function createFarmSettings({ paths }: World, { login, database }: Parts["target"]): () => Promise<FarmSettings> {
  let known: FarmSettings = { name: null, cap: null };
  return async () => {
    if (lockHolder(paths.runLock) === null) known = await readFarmSettings(login, database).catch(() => known);
    return known;
  };
}
