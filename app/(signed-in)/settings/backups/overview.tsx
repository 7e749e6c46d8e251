"use client";

import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Card, Facts } from "../../../_ui/card.tsx";
import { Time, useNow } from "../../../_ui/time.tsx";
import { bytes, plural } from "../../../_update/words.ts";
import { BackUpNow } from "./back-up-now.tsx";
import { headline, proofSentence, scheduleWords } from "./backup-view.ts";

/** What matters, on top: whether there is a good backup, what is wrong, when the next is made, and the button that makes one now. */
export function Overview({ overview, busy }: { overview: BackupsOverview; busy: boolean }) {
  const { backups, concern } = overview;
  const now = useNow();
  const proof = proofSentence(backups, now);
  return (
    <Card title={headline(backups, now)} action={<BackUpNow busy={busy} />}>
      <div className="space-y-4">
        {proof === null ? null : <p className="text-muted">{proof}</p>}
        {concern === null ? null : (
          <AlertBanner tone="warn" title={concern.happened}>
            <p>{concern.meaning}</p>
            <p>{concern.todo}</p>
          </AlertBanner>
        )}
        <Facts facts={factsOf(overview)} />
      </div>
    </Card>
  );
}

function factsOf({ nextAt, settings, backups, disk }: BackupsOverview) {
  const next =
    nextAt === null ? (
      "None: backups are not made by themselves."
    ) : (
      <>
        <Time at={nextAt} />, {scheduleWords(settings.schedule)}
      </>
    );
  const taken = backups.length === 0 ? "Nothing yet" : `${plural(backups.length, "backup")}, ${bytes(disk.backupsBytes)}`;
  const used = `${taken}; ${bytes(disk.freeBytes)} are free`;
  return [
    { name: "Next backup", value: next },
    { name: "On the disk", value: used },
  ];
}
