import { useSyncExternalStore } from "react";
import type { RunKind } from "../../server/updates/contract.ts";

/** Which dialog of an update or a restore is open in this tab. One at a time; opened by the banner, the bar, the outcome and the page alike. */
export type OpenDialog =
  | { kind: "confirm"; version: string }
  /** `version`: the one that comes back; `undoes`: what kind of run is taken back. */
  | { kind: "undo"; run: string; version: string; undoes: RunKind }
  /** Asks whether to begin with this version and an empty database. */
  | { kind: "start-fresh"; version: string }
  /** `joined`: the run was under way already when the reader pressed the button. */
  | { kind: "run"; run: string; joined: boolean };

/** A run that is watched stays watched through a reload of the tab. */
const WATCHED = "filaops.update.watched";

let current: OpenDialog | null | undefined;
const listeners = new Set<() => void>();

/** What had the focus when the first dialog was opened: it gets the focus back. */
let opener: Element | null = null;

/** Opens a dialog in place of the one that is open. */
export function openDialog(dialog: OpenDialog): void {
  if (read() === null) opener = document.activeElement;
  change(dialog);
}

/** Closes the dialog. Closing the progress does not stop a run. */
export function closeDialog(): void {
  change(null);
  const back = opener;
  opener = null;
  // After the dialog has let go of the focus.
  setTimeout(() => {
    if (back instanceof HTMLElement && back.isConnected) back.focus();
  });
}

/** The end of the watched run was shown: the next page does not open the dialog for it again. */
export function outcomeShown(): void {
  sessionStorage.removeItem(WATCHED);
}

/** The dialog that is open. */
export function useDialog(): OpenDialog | null {
  return useSyncExternalStore(subscribe, read, () => null);
}

function change(dialog: OpenDialog | null): void {
  current = dialog;
  if (dialog?.kind === "run") sessionStorage.setItem(WATCHED, dialog.run);
  else sessionStorage.removeItem(WATCHED);
  for (const listener of listeners) listener();
}

function read(): OpenDialog | null {
  if (current === undefined) {
    const watched = sessionStorage.getItem(WATCHED);
    current = watched === null ? null : { kind: "run", run: watched, joined: false };
  }
  return current;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
