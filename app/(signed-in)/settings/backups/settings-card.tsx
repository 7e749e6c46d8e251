"use client";

import { useState } from "react";
import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { Dialog } from "../../../_ui/dialog.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { rulesSentence, scheduleSentence } from "./settings-view.ts";

/** When backups are made by themselves and which stay, in words, and the way to change it. */
export function SettingsCard({ overview, busy }: { overview: BackupsOverview; busy: boolean }) {
  const { settings, backups } = overview;
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <Card
      title="What happens by itself"
      action={
        <Dialog
          title="Backups by themselves"
          open={open && !busy}
          onOpenChange={setOpen}
          wide
          trigger={
            <Button size="small" busy={busy}>
              Change
            </Button>
          }
        >
          <SettingsForm settings={settings} backups={backups} onSaved={close} />
        </Dialog>
      }
    >
      <div className="space-y-2">
        <p>{scheduleSentence(settings.schedule)}</p>
        <p>{rulesSentence(settings.retention)}</p>
        <p className="text-muted">
          Never removed by itself: the newest good backup, one that you marked to be kept, and one that an update, a restore or a
          fresh start needs to be undone.
        </p>
      </div>
    </Card>
  );
}
