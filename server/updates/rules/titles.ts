import type { RunKind, StepName } from "../contract.ts";

/** A step in people's words (ux.md). */
export function stepTitle(step: StepName, run: { kind: RunKind; to: string }): string {
  const titles: Record<StepName, string> = {
    preflight: "Checking this computer",
    download: `Downloading ${run.to}`,
    backup: "Backing up your data",
    warm: `Starting ${run.to} aside`,
    pause: "Pausing changes",
    copy: "Copying the database",
    prepare: "Preparing the kept database",
    migrate: `Preparing your data for ${run.to}`,
    verify: run.kind === "undo" ? `Trying ${run.to}` : "Comparing the books",
    switch: "Switching over",
    observe: "Watching that all is well",
    commit: "Keeping it",
    open: "Opening for changes again",
    cleanup: "Cleaning up",
  };
  return titles[step];
}
