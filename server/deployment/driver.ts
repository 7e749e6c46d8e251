import type { Release } from "../releases/contract.ts";
import type { Health, Instance, Misfit, SlotName } from "./contract.ts";

/**
 * How app instances are run. One interface, one test suite (`driver.suite.ts`) for every implementation. All verbs are idempotent: asking for
 * what is already so is fine.
 */
export type Driver = {
  /**
   * What does not fit: of how the installation is declared, of how it runs, and of how both agree with what is installed. Changes nothing; not for the
   * midst of a run, which moves what is compared.
   */
  misfits: (installed: Pick<Instance, "slot" | "version" | "database">) => Promise<Misfit[]>;
  /** What is in the slots, dead or alive. */
  inspect: () => Promise<Partial<Record<SlotName, Instance>>>;
  /** Whether the release is here, whole, and can be started. */
  has: (version: string) => Promise<boolean>;
  /** Whether the release's artifact can be fetched now; throws the reason. Nothing of it stays. */
  answers: (release: Release) => Promise<void>;
  /** Gets the release's artifact, or builds it; looks whether it is what was signed, makes it durable. */
  fetch: (release: Release, options: FetchOptions) => Promise<void>;
  /**
   * Whether a release that was here before, and is missing by now, can be had again, by what was written down when it came; throws the reason, and
   * what to do.
   */
  answersAgain: (version: string) => Promise<void>;
  /** Has it here again. Does nothing when it is. */
  fetchAgain: (version: string, options: FetchOptions) => Promise<void>;
  /** Holds a release that is here, so that nobody takes it who cleans up around us; `remove` lets it go. */
  keep: (version: string) => Promise<void>;
  /** Starts the release in the slot, bound to a database by name; what ran there before is stopped. Does not wait until it is ready. */
  start: (slot: SlotName, version: string, database: string) => Promise<Instance>;
  /** No traffic comes any more, but it stays ready to be routed to again. */
  park: (slot: SlotName) => Promise<void>;
  /** Ends the instance (SIGTERM, then SIGKILL) and waits until it is gone. */
  stop: (slot: SlotName) => Promise<void>;
  health: (slot: SlotName) => Promise<Health>;
  /**
   * Writes down what shall run, for whoever starts the installation without us: after a reboot, or by hand. Says it again at will; what is
   * written already is left alone.
   */
  settle: (slot: SlotName, version: string) => Promise<void>;
  /** Runs a command of the release to its end against a database, as the owner's role, without a way to the internet where the driver can. */
  runOnce: (version: string, command: "migrate", options: RunOnceOptions) => Promise<void>;
  /** Ends what a killed caller's `runOnce` of this name left running, and waits until it is gone. */
  endCommands: (applicationName: string) => Promise<void>;
  /**
   * Has gate and updater replaced by those of the release, by somebody outside of the caller, who is going to be replaced: returns when that is
   * under way. How it ended is said by `run/handover.json`.
   */
  handOver: (version: string) => Promise<void>;
  /** What the release takes on the disk, in bytes; an image counts layers that it shares with others. 0 when it is not here. */
  bytes: (version: string) => Promise<number>;
  /** Removes the release's artifact; never one that runs in a slot. */
  remove: (version: string) => Promise<void>;
};

export type FetchOptions = {
  /** How many bytes have come, and of how many, where that is known. Said again with every sign of life. */
  onBytes?: (done: number, total: number | null) => void;
  /** Which step of a build is at work, from 1, and how many there are. */
  onStep?: (step: number, of: number) => void;
  signal?: AbortSignal;
};

export type RunOnceOptions = {
  /** The name of the database that it works on. */
  database: string;
  /** The run's name, which its database connections carry (`filaops-run-<ulid>`). */
  applicationName: string;
  /** Every line of progress that the command prints. */
  onLine?: (line: string) => void;
  signal?: AbortSignal;
};
