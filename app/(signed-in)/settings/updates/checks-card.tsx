"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Overview } from "../../../../server/updater/contract.ts";
import { checkSettingsInputSchema } from "../../../../server/updater/contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { Dialog } from "../../../_ui/dialog.tsx";
import { Checkbox, Field, Select } from "../../../_ui/field.tsx";

type Checks = NonNullable<Overview["checks"]>;

/** Whether FilaOps looks for new versions by itself, and for which, with the way to change it. */
export function ChecksCard({ checks }: { checks: Checks }) {
  const [open, setOpen] = useState(false);
  return (
    <Card
      title="How new versions are looked for"
      action={
        <Dialog
          title="How new versions are looked for"
          open={open}
          onOpenChange={setOpen}
          trigger={<Button size="small">Change</Button>}
        >
          <ChecksForm
            checks={checks}
            onSaved={() => {
              setOpen(false);
            }}
          />
        </Dialog>
      }
    >
      <p>
        {checks.automatic
          ? "FilaOps looks by itself a few times a day, and when you press “Check now”."
          : "FilaOps does not look by itself, only when you press “Check now”."}{" "}
        {checks.channel === "stable"
          ? "It offers finished versions only."
          : "It offers trial versions too, which may still have faults."}
      </p>
    </Card>
  );
}

function ChecksForm({ checks, onSaved }: { checks: Checks; onSaved: () => void }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const saved = useSaved();
  const change = useMutation(trpc.updates.setCheckSettings.mutationOptions());
  // Nobody waits for it: the feed may take its time.
  const look = useMutation(
    trpc.updates.check.mutationOptions({
      onSuccess: () => client.invalidateQueries({ queryKey: trpc.updates.overview.queryKey() }),
    }),
  );
  const form = useForm({
    initial: checks,
    schema: checkSettingsInputSchema,
    save: async (input) => {
      await change.mutateAsync(input);
      onSaved();
      if (input.channel !== checks.channel) look.mutate();
      await saved({ changed: [trpc.updates.overview.queryKey()], say: "From now on new versions are looked for like this." });
    },
  });
  return (
    <DialogForm form={form} label="How new versions are looked for" save="Save">
      <Checkbox
        label="Look by itself"
        hint="A few times a day. Nothing is told about your farm but the version that it runs."
        checked={form.values.automatic}
        onChange={(event) => {
          form.set("automatic", event.target.checked);
        }}
      />
      <Field
        label="Which versions"
        hint="Trial versions come earlier and may still have faults. Back from one you get with the next finished version."
        error={form.errorOf("channel")}
      >
        <Select
          value={form.values.channel}
          onChange={(event) => {
            form.set("channel", event.target.value === "beta" ? "beta" : "stable");
          }}
        >
          <option value="stable">Finished versions</option>
          <option value="beta">Trial versions too</option>
        </Select>
      </Field>
    </DialogForm>
  );
}
