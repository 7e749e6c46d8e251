import type { Actor, Problem, Ulid, Version } from "../platform/contract.ts";
import type { CheckSettings, Release, ReleaseStatus } from "../releases/contract.ts";
import type { Way } from "../releases/rules/breaking.ts";
import type { AutomaticView, AutomaticWish } from "../updates/automatic-contract.ts";
import type { ChainStatus } from "../updates/chain-contract.ts";
import type { DiskUse } from "../updates/disk-contract.ts";
import type { HistoryItem, LogLine, Plan, Status } from "../updates/contract.ts";
import type { BackupOperations } from "./backup-operations.ts";
import type { BundleOperations } from "./bundle-operations.ts";
import type { Installed } from "./contract.ts";
import type { MessagesOperations } from "./messages-operations.ts";
import type { OffsiteOperations } from "./offsite-operations.ts";

/**
 * What the updater's service does with the engine and the machine room: the port behind the socket. Nothing in it takes a path, a name or a command;
 * plans and runs are looked up by ULID, releases come from the checker's verified list.
 */
export type Operations = BackupOperations &
  BundleOperations &
  OffsiteOperations &
  MessagesOperations & {
    installation: () => Promise<Installed & { failedVersions: Version[] }>;
    /** The last answer of the check, at once. */
    releases: () => Promise<ReleaseStatus>;
    /** Asks the feed now (one flight at a time). */
    check: () => Promise<ReleaseStatus>;
    /** Asks the feed if it is time, as a page does that is opened or has been open for a day. */
    look: () => Promise<ReleaseStatus>;
    checkSettings: () => Promise<CheckSettings>;
    setCheckSettings: (settings: Omit<CheckSettings, "v">) => Promise<void>;
    /** Whether updates begin by themselves, and what comes next. */
    automatic: () => Promise<AutomaticView>;
    setAutomatic: (wish: AutomaticWish) => Promise<void>;
    /** Lets the next window pass, if it is the one that begins at `night`, or whichever it is. */
    notTonight: (night?: string) => Promise<void>;
    /** The verified release of this version, from what the last check found; throws `release-unknown`. */
    release: (version: Version) => Promise<Release>;
    /** The way to this version over verified releases, from what the last check found; throws `release-unknown`. */
    way: (version: Version) => Promise<Way>;
    planUpdate: (request: { way: Way; actor: Actor }) => Promise<Plan>;
    /** An update whose database is a new, empty one. */
    planFresh: (request: { release: Release; actor: Actor }) => Promise<Plan>;
    planUndo: (request: { run: Ulid; actor: Actor }) => Promise<Plan>;
    /** Throws `not-found`. */
    plan: (id: Ulid) => Promise<Plan>;
    /** Starts the plan's run, or joins the one that is under way. */
    start: (request: { plan: Ulid; actor: Actor; idempotencyKey: string }) => Promise<{ run: Ulid; joined: boolean }>;
    /** The run that was started with this key, if any: a repeated request is the same run, also after it has ended. */
    startedWith: (idempotencyKey: string) => Promise<Ulid | null>;
    /** Of a step of a path that is complete already: the next one is not begun. */
    cancel: (run: Ulid, actor: Actor) => Promise<void>;
    /** The path that the newest change is a step of, if it is. */
    chain: () => Promise<ChainStatus | null>;
    /** The change that is under way, if any. */
    openChange: () => Promise<Ulid | null>;
    /** The open run, or the last one. */
    status: () => Promise<Status | null>;
    /** Any run's; throws `not-found`. */
    statusOf: (run: Ulid) => Promise<Status>;
    history: () => Promise<HistoryItem[]>;
    log: (run: Ulid) => Promise<LogLine[]>;
    /** What is taken on the disk, measured now. */
    diskUse: () => Promise<DiskUse>;
    /** The version of this very service, and why it was not replaced by the installed one's. */
    service: () => Promise<{ version: Version; problem: Problem | null }>;
    /** After a run that needed a person: makes the world as the journals say, and lets the next run begin. Throws `run-under-way`. */
    settleByPerson: () => Promise<void>;
    /** Runs `act` while no run is under way and none can begin; throws `run-under-way`. */
    whileIdle: <T>(act: () => Promise<T>) => Promise<T>;
  };
