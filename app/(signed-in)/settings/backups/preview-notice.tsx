import type { UseQueryResult } from "@tanstack/react-query";
import { problemOf } from "../../../_client/problem.ts";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { moment } from "../../../_update/words.ts";
import { kindWords, madeAt, previewSentence } from "./backup-view.ts";
import type { BackupRow } from "./backup-view.ts";

const MOST = 8;

/** Which backups would go by the rules as they are typed, before anything is saved. */
export function PreviewNotice({
  preview,
  backups,
}: {
  preview: UseQueryResult<{ go: string[] }, unknown>;
  backups: readonly BackupRow[];
}) {
  if (preview.isError) {
    return (
      <AlertBanner tone="warn" title="We could not look which backups would go">
        {problemOf(preview.error).happened}
      </AlertBanner>
    );
  }
  if (preview.data === undefined) return <p className="text-muted">Looking which backups would go …</p>;
  const { go } = preview.data;
  if (go.length === 0) return <p role="status">{previewSentence(0)}</p>;
  const rows = go.map((id) => backups.find((one) => one.id === id)).filter((row) => row !== undefined);
  return (
    <AlertBanner tone="warn" role="status" title={previewSentence(go.length)}>
      <ul className="list-disc pl-5">
        {rows.slice(0, MOST).map((row) => (
          <li key={row.id}>
            {moment(madeAt(row))} ({kindWords(row).toLowerCase()})
          </li>
        ))}
        {go.length > MOST ? <li>and {go.length - MOST} more</li> : null}
      </ul>
    </AlertBanner>
  );
}
