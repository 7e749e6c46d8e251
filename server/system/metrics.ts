import type { BackupsOverview } from "../updater/backup-contract.ts";
import type { Overview } from "../updater/contract.ts";

type Sample = { labels?: Record<string, string>; value: number };
type Metric = { name: string; help: string; samples: Sample[] };

/** How FilaOps stands, in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). Bytes and seconds, as is custom. */
export function metricsText(updates: Overview, backups: BackupsOverview): string {
  return metricsOf(updates, backups).map(inText).join("");
}

function metricsOf({ installed, releases, status }: Overview, { backups, concern, disk, job }: BackupsOverview): Metric[] {
  const good = backups.flatMap(({ backup }) => (backup === null ? [] : [backup]));
  const last = good[0];
  const drilled = backups.flatMap((one) => (one.drilled === null ? [] : [Date.parse(one.drilled.at) / 1000]));
  const states = ["verified", "whole", "damaged", "foreign", "missing"] as const;
  return [
    gauge("filaops_info", "The version that is installed.", [{ labels: { version: installed.version }, value: 1 }]),
    gauge("filaops_update_available", "1 when a newer release is offered.", one(releases.kind === "available")),
    gauge(
      "filaops_needs_attention",
      "1 when the last update, undo or restore needs a person.",
      one(status?.outcome === "needs_attention"),
    ),
    gauge(
      "filaops_backups",
      "Backups by how they stand.",
      states.map((state) => ({
        labels: { state },
        value: backups.filter((backup) => backup.state === state).length,
      })),
    ),
    gauge(
      "filaops_backup_last_good_timestamp_seconds",
      "When the newest good backup was made.",
      known(last && Date.parse(last.createdAt) / 1000),
    ),
    gauge("filaops_backup_last_good_bytes", "How large the newest good backup is.", known(last?.bytes)),
    gauge(
      "filaops_backup_last_trial_timestamp_seconds",
      "When a backup was last restored on trial.",
      known(drilled.length === 0 ? undefined : Math.max(...drilled)),
    ),
    gauge(
      "filaops_backup_overdue",
      "1 when the newest good backup is older than the schedule.",
      one(concern?.code === "backup-overdue"),
    ),
    gauge(
      "filaops_backup_shrunk",
      "1 when the newest backup is less than half the size of the one before.",
      one(concern?.code === "backup-shrunk"),
    ),
    gauge(
      "filaops_backup_job_failed",
      "1 when the last backup, check or trial did not work out.",
      one(job !== null && job.outcome !== null && job.outcome !== "complete" && job.outcome !== "cancelled"),
    ),
    gauge("filaops_disk_free_bytes", "Free bytes where backups are kept.", [{ value: disk.freeBytes }]),
    gauge("filaops_backups_bytes", "What all good backups take.", [{ value: disk.backupsBytes }]),
  ];
}

function gauge(name: string, help: string, samples: Sample[]): Metric {
  return { name, help, samples };
}

function one(holds: boolean): Sample[] {
  return [{ value: holds ? 1 : 0 }];
}

/** What is not known is left out, as the format wants it. */
function known(value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ value }];
}

function inText({ name, help, samples }: Metric): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text.replaceAll(/["\\\n]/g, "_")}"`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  });
  return samples.length === 0 ? "" : `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}
