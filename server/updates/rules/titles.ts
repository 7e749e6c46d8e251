import type { RunKind, StepName } from "../contract.ts";

/** A step in people's words (ux.md). */
export function stepTitle(step: StepName, run: { kind: RunKind; to: string }): string {
  const titles: Record<StepName, string> = {
    preflight: "Checking this computer",
    download: run.kind === "undo" ? `Looking for ${run.to}` : `Downloading ${run.to}`,
    backup: "Backing up your data",
    warm: `Starting ${run.to} aside`,
    pause: "Pausing changes",
    copy: "Copying the database",
    prepare: run.kind === "undo" ? "Preparing the kept database" : "Moving numbers on",
    migrate: run.kind === "start_fresh" ? `Preparing it for ${run.to}` : `Preparing your data for ${run.to}`,
    verify: run.kind === "update" ? "Comparing the books" : `Trying ${run.to}`,
    switch: "Switching over",
    observe: "Watching that all is well",
    commit: "Keeping it",
    open: "Opening for changes again",
    cleanup: "Cleaning up",
    "read-through": "Reading the backup through",
    load: run.kind === "drill" ? "Restoring it on trial" : "Restoring the backup aside",
    discard: "Removing the trial",
    retain: "Removing old backups",
    "copy-out": "Copying backups elsewhere",
    "lay-empty": "Making an empty database",
    "carry-over": "Carrying over owners and settings",
  };
  return titles[step];
}
