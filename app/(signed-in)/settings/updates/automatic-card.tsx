"use client";

import { useState } from "react";
import type { AutomaticView } from "../../../../server/updates/automatic-contract.ts";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { Dialog } from "../../../_ui/dialog.tsx";
import { NotTonight } from "../../../_update/not-tonight.tsx";
import { AutomaticForm } from "./automatic-form.tsx";
import { nextSentences, settingsSentence } from "./automatic-view.ts";

/** Whether updates begin by themselves, what comes next, and the ways to change both. `looks`: whether FilaOps looks for new versions by itself. */
export function AutomaticCard({ automatic, looks }: { automatic: AutomaticView; looks: boolean }) {
  const [open, setOpen] = useState(false);
  const [first, ...others] = nextSentences(automatic, looks);
  return (
    <Card
      title="Automatic updates"
      action={
        <Dialog
          title="Automatic updates"
          open={open}
          onOpenChange={setOpen}
          trigger={
            <Button size="small" aria-label="Change automatic updates">
              Change
            </Button>
          }
        >
          <AutomaticForm
            settings={automatic.settings}
            onSaved={() => {
              setOpen(false);
            }}
          />
        </Dialog>
      }
    >
      <div className="space-y-2">
        <p>{settingsSentence(automatic.settings)}</p>
        <div aria-live="polite" className="space-y-2">
          {first === undefined ? null : <p className="font-medium">{first}</p>}
          {others.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
        <NotTonight automatic={automatic} />
      </div>
    </Card>
  );
}
