import type { RunKind } from "../contract.ts";
import type { Step } from "../step.ts";
import { backup } from "./backup.ts";
import { carryOver } from "./carry-over.ts";
import { cleanup } from "./cleanup.ts";
import { commit } from "./commit.ts";
import { copyOut } from "./copy-out.ts";
import { copy } from "./copy.ts";
import { discard } from "./discard.ts";
import { download } from "./download.ts";
import { layEmpty } from "./lay-empty.ts";
import { load } from "./load.ts";
import { migrate } from "./migrate.ts";
import { observe } from "./observe.ts";
import { open } from "./open.ts";
import { pause } from "./pause.ts";
import { preflight } from "./preflight.ts";
import { prepare } from "./prepare.ts";
import { readThrough } from "./read-through.ts";
import { retain } from "./retain.ts";
import { switchOver } from "./switch.ts";
import { verify } from "./verify.ts";
import { warm } from "./warm.ts";

/** Of a database that nobody sees yet, while everybody still works: a restored older one is brought forward, an empty one laid out. */
const migrateAside: Step = { ...migrate, touches: false };

/** Every kind of run, as the list of what it does, in order. */
export const stepsOf: Record<RunKind, readonly Step[]> = {
  update: [preflight, download, backup, warm, pause, copy, migrate, verify, switchOver, observe, commit, open, cleanup],
  undo: [preflight, download, warm, pause, prepare, verify, switchOver, observe, commit, open, cleanup],
  restore: [
    preflight,
    readThrough,
    backup,
    load,
    migrateAside,
    warm,
    pause,
    prepare,
    verify,
    switchOver,
    observe,
    commit,
    open,
    cleanup,
  ],
  // The accounts and settings are carried over in the pause, so that a password that was changed a moment ago comes along.
  start_fresh: [
    preflight,
    download,
    backup,
    layEmpty,
    migrateAside,
    warm,
    pause,
    carryOver,
    prepare,
    verify,
    switchOver,
    observe,
    commit,
    open,
    cleanup,
  ],
  backup: [preflight, backup, retain],
  verify: [readThrough],
  drill: [preflight, readThrough, load, discard],
  offsite: [copyOut],
};
