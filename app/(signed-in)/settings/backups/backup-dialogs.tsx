"use client";

import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import { DetailsDialog } from "./details-dialog.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";

/** Which dialog about which backup is open. */
export type OpenBackup = { kind: "details" | "restore" | "remove"; id: string };

/** The dialog about a backup, while that is there. */
export function BackupDialogs({
  open,
  overview,
  onOpen,
  onClose,
}: {
  open: OpenBackup | null;
  overview: BackupsOverview;
  onOpen: (open: OpenBackup) => void;
  onClose: () => void;
}) {
  const row = overview.backups.find(({ id }) => id === open?.id);
  if (open === null || row === undefined) return null;
  switch (open.kind) {
    case "details":
      return <DetailsDialog row={row} onClose={onClose} />;
    case "remove":
      return <RemoveDialog row={row} onClose={onClose} />;
    case "restore":
      return (
        <RestoreDialog
          key={row.id}
          row={row}
          overview={overview}
          onClose={onClose}
          onOther={(id) => {
            onOpen({ kind: "restore", id });
          }}
        />
      );
  }
}
