"use client";

import { Archive } from "lucide-react";
import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import { Badge } from "../../../_ui/badge.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Time, useNow } from "../../../_ui/time.tsx";
import { bytes, measured, moment } from "../../../_update/words.ts";
import type { OpenBackup } from "./backup-dialogs.tsx";
import { BackupMenu } from "./backup-menu.tsx";
import { fateWords, kindWords, madeAt, stateWords } from "./backup-view.ts";
import type { BackupRow } from "./backup-view.ts";
import { useBackupActions } from "./use-backup-actions.ts";

/** All backups, newest first: what each is, whether it can be relied on, what becomes of it, and what can be done with it. */
export function BackupList({
  overview,
  busy,
  onOpen,
}: {
  overview: BackupsOverview;
  busy: boolean;
  onOpen: (open: OpenBackup) => void;
}) {
  const actions = useBackupActions();
  if (overview.backups.length === 0) {
    return (
      <EmptyState icon={Archive} title="No backups yet">
        <p>Press Back up now to make the first one. FilaOps also makes one before every update, and every night if you let it.</p>
      </EmptyState>
    );
  }
  const columns: Column<BackupRow>[] = [
    { key: "when", title: "Made", heading: true, cell: (row) => <Made row={row} onOpen={onOpen} /> },
    { key: "kind", title: "Kind", cell: (row) => <Kind row={row} /> },
    { key: "size", title: "Size", align: "end", cell: ({ backup }) => (backup === null ? "–" : bytes(backup.bytes)) },
    { key: "state", title: "State", cell: (row) => <State row={row} /> },
    {
      key: "actions",
      title: "Actions",
      hideTitle: true,
      align: "end",
      cell: (row) => <BackupMenu row={row} busy={busy} actions={actions} onOpen={onOpen} />,
    },
  ];
  return (
    <div className="space-y-4">
      {actions.problem === null ? null : <ProblemBanner problem={actions.problem} />}
      <Table label="Backups" columns={columns} rows={overview.backups} rowKey={({ id }) => id} />
    </div>
  );
}

/** Lines of a cell, one below the other: at the right of a card, at the left of a table. */
const STACK = "inline-flex min-w-0 flex-col items-end gap-1 sm:items-start";

function Made({ row, onOpen }: { row: BackupRow; onOpen: (open: OpenBackup) => void }) {
  const note = row.backup?.note ?? "";
  // To the minute, not "yesterday": one is to be told from another.
  const zone = useNow() === null ? "UTC" : undefined;
  return (
    <>
      <button
        type="button"
        className="rounded-box text-left font-semibold text-accent underline underline-offset-2 hover:text-accent-strong"
        onClick={() => {
          onOpen({ kind: "details", id: row.id });
        }}
      >
        {moment(madeAt(row), zone)}
      </button>
      {note === "" ? null : <span className="block max-w-xs text-sm font-normal wrap-anywhere text-muted">{note}</span>}
    </>
  );
}

function Kind({ row }: { row: BackupRow }) {
  return (
    <span className={STACK}>
      {kindWords(row)}
      {row.backup === null ? null : <span className="text-sm text-muted">FilaOps {row.backup.version}</span>}
    </span>
  );
}

function State({ row }: { row: BackupRow }) {
  const { text, tone } = stateWords(row.state);
  return (
    <span className={STACK}>
      <Badge tone={tone}>{text}</Badge>
      {row.drilled === null ? null : (
        <span className="text-sm">
          Restored on trial <Time at={row.drilled.at} />, in {measured(row.drilled.seconds * 1000)}
        </span>
      )}
      <span className="max-w-xs text-sm text-muted">{fateWords(row)}</span>
    </span>
  );
}
