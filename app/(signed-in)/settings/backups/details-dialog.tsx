"use client";

import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Facts } from "../../../_ui/card.tsx";
import { Dialog, DialogActions } from "../../../_ui/dialog.tsx";
import { Time } from "../../../_ui/time.tsx";
import { bytes, measured, moment } from "../../../_update/words.ts";
import { fateWords, kindWords, madeAt, stateWords } from "./backup-view.ts";
import type { BackupRow } from "./backup-view.ts";

/** All that is known of one backup, and what to do when it is no good. */
export function DetailsDialog({ row, onClose }: { row: BackupRow; onClose: () => void }) {
  const { text, tone } = stateWords(row.state);
  return (
    <Dialog title={`Backup of ${moment(madeAt(row))}`} open onOpenChange={onClose} wide>
      <div className="space-y-4">
        {row.problem === null ? null : (
          <AlertBanner tone={tone} title={row.problem.happened} className="wrap-anywhere">
            <p>{row.problem.meaning}</p>
            <p>{row.problem.todo}</p>
          </AlertBanner>
        )}
        <Facts facts={[{ name: "State", value: <Badge tone={tone}>{text}</Badge> }, ...factsOf(row)]} />
      </div>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

function factsOf(row: BackupRow) {
  const { id, backup, verifiedAt, drilled } = row;
  const made =
    backup === null
      ? []
      : [
          { name: "Kind", value: kindWords(row) },
          ...(backup.note === "" ? [] : [{ name: "Note", value: <span className="wrap-anywhere">{backup.note}</span> }]),
          { name: "Made by", value: `FilaOps ${backup.version}` },
          { name: "Size", value: bytes(backup.bytes) },
        ];
  const trial =
    drilled === null ? (
      "Not yet"
    ) : (
      <>
        <Time at={drilled.at} />, in {measured(drilled.seconds * 1000)}
      </>
    );
  return [
    ...made,
    { name: "Read through", value: verifiedAt === null ? "Not yet" : <Time at={verifiedAt} /> },
    { name: "Restored on trial", value: trial },
    { name: "What becomes of it", value: fateWords(row) },
    { name: "Folder", value: <code className="font-mono text-sm wrap-anywhere">backups/{id}</code> },
  ];
}
