import type { Backup } from "../../backups/contract.ts";
import type { HistoryItem, StepStatus } from "../../updates/contract.ts";

/** A row to be written: column → value. `steps` is JSON text; all else are plain values. */
export type Row = Record<string, string | number | null>;

/** A run as the table `system_updates` has it: the seed's columns and ours. */
export function updateRow(item: HistoryItem, steps: readonly StepStatus[]): Row {
  return {
    run: item.run,
    kind: item.kind,
    from_version: item.from,
    to_version: item.to,
    started_at: item.startedAt,
    completed_at: item.finishedAt,
    status: item.seedStatus,
    outcome: item.outcome,
    steps: JSON.stringify(steps.map(({ name, state, ms }) => ({ name, state, ms }))),
    pause_ms: item.pauseMs === null ? null : Math.round(item.pauseMs),
    backup_file: item.backup,
    error_message: item.problem?.happened ?? null,
    initiated_by: item.startedBy,
  };
}

/** A backup as the table `system_backups` has it. */
export function backupRow(backup: Backup): Row {
  return {
    filename: backup.id,
    created_at: backup.createdAt,
    size_bytes: backup.bytes,
    version: backup.version,
    type: backup.kind,
    notes: backup.note,
    run: backup.run,
  };
}
