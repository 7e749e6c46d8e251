"use client";

import type { HistoryItem } from "../../server/updates/contract.ts";
import { Button } from "../_ui/button.tsx";
import { Time } from "../_ui/time.tsx";
import type { Change } from "./change-words.ts";
import { changeOf, wordsOf } from "./change-words.ts";
import { openDialog } from "./desk.ts";

const OFFERED: Partial<Record<Change, string>> = { restore: "The restore", "start-fresh": "The fresh start" };

/** The way back from the newest change, as long as there is one. `item` is its line of the history. */
export function UndoOffer({ item }: { item: HistoryItem | undefined }) {
  const until = item?.undoableUntil ?? null;
  if (item === undefined || until === null) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p>
        {OFFERED[changeOf(item)] ?? `The update to ${item.to}`} can be undone until <Time at={until} />.
      </p>
      <UndoButton item={item} />
    </div>
  );
}

/** Asks whether a change shall be taken back. */
export function UndoButton({ item }: { item: HistoryItem }) {
  const { undo } = wordsOf(item);
  if (undo === null) return null;
  return (
    <Button
      size="small"
      onClick={() => {
        openDialog({ kind: "undo", run: item.run, version: item.from, undoes: item.kind });
      }}
    >
      {undo}
    </Button>
  );
}
