"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Quiet } from "../../../../server/messages/contract.ts";
import { quietSchema } from "../../../../server/messages/contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { TimeSpanFields } from "../../../_client/time-span-fields.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { Dialog } from "../../../_ui/dialog.tsx";
import { Checkbox } from "../../../_ui/field.tsx";
import { TimeZoneField } from "../backups/time-zone-field.tsx";
import { quietSentence } from "./messages-view.ts";

/** When messages wait, in words, and the way to change it. */
export function QuietCard({ quiet, isOwner }: { quiet: Quiet; isOwner: boolean }) {
  const [open, setOpen] = useState(false);
  const change = (
    <Dialog
      title="Quiet hours"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" aria-label="Change the quiet hours">
          Change
        </Button>
      }
    >
      <QuietForm
        quiet={quiet}
        onSaved={() => {
          setOpen(false);
        }}
      />
    </Dialog>
  );
  return (
    <Card title="Quiet hours" action={isOwner ? change : null}>
      <p>{quietSentence(quiet)}</p>
    </Card>
  );
}

function QuietForm({ quiet, onSaved }: { quiet: Quiet; onSaved: () => void }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const set = useMutation(trpc.messages.setQuiet.mutationOptions());
  const form = useForm({
    initial: quiet,
    schema: quietSchema,
    save: async (input) => {
      await set.mutateAsync(input);
      onSaved();
      await saved({ changed: [trpc.messages.pathKey()], say: "The quiet hours are set." });
    },
  });
  const { values, set: change, errorOf } = form;
  return (
    <DialogForm form={form} label="Quiet hours" save="Save">
      <Checkbox
        label="Let messages wait at night"
        hint="What is still true afterwards is told then."
        checked={values.enabled}
        onChange={(event) => {
          change("enabled", event.target.checked);
        }}
      />
      <TimeSpanFields values={values} errorOf={errorOf} onChange={change} />
      <TimeZoneField
        zone={values.timeZone}
        error={errorOf("timeZone")}
        onChange={(zone) => {
          change("timeZone", zone);
        }}
      />
      <Checkbox
        label="What needs a person comes through"
        hint="So does what was rolled back, and a backup that failed."
        checked={values.urgentPasses}
        onChange={(event) => {
          change("urgentPasses", event.target.checked);
        }}
      />
    </DialogForm>
  );
}
