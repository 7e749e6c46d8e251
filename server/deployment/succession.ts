import { link, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import type { Version } from "../platform/contract.ts";
import { programDigest } from "../platform/entry.ts";
import { AppError } from "../platform/errors.ts";
import { exists, remove } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { borrowLock } from "../platform/lock.ts";
import type { Log } from "../platform/log.ts";
import { hasRelease } from "./artifacts.ts";
import type { Handover } from "./contract.ts";
import { readHandover, writeHandover } from "./handover.ts";
import type { Post, PostName, Posts } from "./posts.ts";
import { pointProgram } from "./program.ts";
import { judgeComingUp, nextHandoverStep, resumeHandover } from "./rules/handover.ts";

export type SuccessionWorld = {
  paths: HomePaths;
  clock: Clock;
  log: Log;
  posts: Posts;
  /** The version of gate and updater: at first the launcher's, which started its own. */
  version: Version;
  /** Of what answers at the sockets now: the updater's version, the sha256 of the gate's program; `null` of one that does not say. */
  updaterVersion: () => Promise<Version | null>;
  gateProgram: () => Promise<string | null>;
};

type Site = SuccessionWorld & { signal: AbortSignal };

const LOOK_MS = 1000;
const AFTER_FAILURE_MS = 30_000;
const POLL_MS = 250;

/**
 * Looks for wishes to hand over, and fulfils them, until the signal: updater and gate of the wanted release take over from those that run, or those stay
 * and it is written down why. No run begins meanwhile. Killed at any moment, the next launcher begins anew with what it finds, the old or the new.
 */
export async function handOverWhenWanted(world: SuccessionWorld, signal: AbortSignal): Promise<void> {
  const { clock, log } = world;
  let own = world.version;
  const turn = async (work: () => Promise<void>) => {
    const pause = await work().then(
      () => LOOK_MS,
      (error: unknown) => {
        if (!signal.aborted) log.error({ err: error }, "gate and updater could not be handed over; it will be tried again");
        return AFTER_FAILURE_MS;
      },
    );
    await clock.sleep(pause, signal).catch(() => undefined);
  };
  await turn(() => countAgain(world));
  while (!signal.aborted) {
    await turn(async () => {
      own = await look({ ...world, version: own, signal });
    });
  }
}

/** Does what is wanted now, if anything; returns the version that gate and updater have after it. */
async function look(site: Site): Promise<Version> {
  const { paths, version: own } = site;
  const last = await readHandover(paths);
  const step = nextHandoverStep(last, own);
  if (last === null || step === "none") return own;
  if (step === "write-down") {
    await writeDown(site, last, null);
    return own;
  }
  if (!(await isWhole(paths, last.version))) {
    await writeDown(site, last, { own, reason: "the release is not on this computer, or not whole" });
    return own;
  }
  const giveBack = await borrowLock(paths.runLock);
  if (giveBack === null) return own;
  try {
    const reason = await succeed(site, last.version);
    await writeDown(site, last, reason === null ? null : { own, reason });
    return reason === null ? last.version : own;
  } finally {
    await giveBack();
  }
}

async function isWhole(paths: HomePaths, version: Version): Promise<boolean> {
  const programs = [programOf(paths, version, "updater"), programOf(paths, version, "gate")];
  return (await hasRelease(paths, version)) && (await Promise.all(programs.map(exists))).every(Boolean);
}

function programOf(paths: HomePaths, version: Version, name: PostName): string {
  return join(paths.release(version), "bin", `${name}.mjs`);
}

async function countAgain(world: SuccessionWorld): Promise<void> {
  const last = await readHandover(world.paths);
  const resumed = resumeHandover(last, world.version);
  if (last === null || resumed === null) return;
  const { tries, giveUp } = resumed;
  if (giveUp) await writeDown(world, last, { own: world.version, reason: "FilaOps was ended in the midst of it, each time" });
  else await writeHandover(world.paths, { ...last, at: world.clock.now().toISOString(), tries });
}

async function writeDown(
  { paths, clock, log }: SuccessionWorld,
  { version, tries }: Handover,
  failure: { own: Version; reason: string } | null,
): Promise<void> {
  const at = clock.now().toISOString();
  if (failure === null) {
    await writeHandover(paths, { version, state: "done", at, tries, problem: null });
    log.info({ version }, "gate and updater were handed over");
    return;
  }
  const { problem } = new AppError("handover-failed", { version, ...failure });
  await writeHandover(paths, { version, state: "failed", at, tries, problem });
  log.error({ problem }, problem.happened);
}

/** Both or none: returns `null` when both are the release's, else why both are as they were. */
async function succeed(site: Site, version: Version): Promise<string | null> {
  const { paths, posts, signal } = site;
  const program = (name: PostName) => programOf(paths, version, name);
  const [updater, gate] = [posts.holder("updater").program(), posts.holder("gate")];
  const replace = async () =>
    (await replaceUpdater(site, program("updater"), version)) ?? (await replaceGate(site, program("gate")));
  const failed = await replace()
    .then(async (reason) => {
      if (reason === null) await pointProgram(paths, version);
      return reason;
    })
    .catch(reasonOf);
  signal.throwIfAborted();
  if (failed === null) {
    // It has an heir by now: it ends when nobody needs it any more.
    if (posts.holder("gate") !== gate) await gate.retire();
    else gate.startFrom(program("gate"));
    signal.throwIfAborted();
  } else {
    await putBackGate(site, gate);
    await exchangeUpdater(site, updater);
  }
  await remove(oldSocket(paths));
  return failed;
}

/** One after the other: there may be only one at a time. */
async function replaceUpdater(site: Site, program: string, version: Version): Promise<string | null> {
  await exchangeUpdater(site, program);
  const failed = await comesUp(site, "updater", async () => {
    const answered = await site.updaterVersion();
    return answered === version ? null : `it says that it is ${answered ?? "an older one"}`;
  });
  return failed === null ? null : `the update service: ${failed}`;
}

async function exchangeUpdater({ posts, signal }: Site, program: string): Promise<void> {
  await posts.holder("updater").stop();
  signal.throwIfAborted();
  posts.appoint("updater", posts.begin("updater", program));
}

/** Beside the old one, at the same port; not at all when the program is the same. */
async function replaceGate(site: Site, program: string): Promise<string | null> {
  const { paths, posts } = site;
  const digest = await programDigest(program);
  if ((await site.gateProgram().catch(() => null)) === digest) return null;
  // The new one replaces the socket of the old one, which needs it again should the new one fail after that.
  await remove(oldSocket(paths));
  await link(paths.gateSocket, oldSocket(paths));
  posts.appoint("gate", posts.begin("gate", program));
  const failed = await comesUp(site, "gate", async () => ((await site.gateProgram()) === digest ? null : "it does not answer"));
  return failed === null ? null : `the gate: ${failed}`;
}

async function putBackGate({ paths, posts }: Site, old: Post): Promise<void> {
  const current = posts.holder("gate");
  if (current === old) return;
  posts.appoint("gate", old);
  await current.stop();
  await rename(oldSocket(paths), paths.gateSocket);
}

function oldSocket({ gateSocket }: HomePaths): string {
  return `${gateSocket}.old`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Waits until the holder does its work and then keeps on for a while; returns what is wrong with it when it does not. */
async function comesUp(
  { posts, clock, signal }: Site,
  name: PostName,
  ask: () => Promise<string | null>,
): Promise<string | null> {
  const { deaths } = posts.holder(name);
  const begun = clock.monotonic();
  let wellSince: number | null = null;
  for (;;) {
    const wrong = await ask().catch(reasonOf);
    const now = clock.monotonic();
    wellSince = wrong === null ? (wellSince ?? now) : null;
    const judged = judgeComingUp({ aliveMs: now - begun, wellMs: now - (wellSince ?? now), deaths: deaths(), wrong });
    if (judged.is === "up") return null;
    if (judged.is === "down") return judged.reason;
    await clock.sleep(POLL_MS, signal);
  }
}
