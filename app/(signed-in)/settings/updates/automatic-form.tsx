"use client";

import { useMutation } from "@tanstack/react-query";
import type { AutomaticWish } from "../../../../server/updates/automatic-contract.ts";
import { automaticSettingsInputSchema } from "../../../../server/updates/automatic-contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { TimeSpanFields } from "../../../_client/time-span-fields.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Checkbox, Field, Input } from "../../../_ui/field.tsx";
import { TimeZoneField } from "../backups/time-zone-field.tsx";
import { readValues, valuesOf } from "./automatic-view.ts";

/** Whether and when updates begin by themselves. */
export function AutomaticForm({ settings, onSaved }: { settings: AutomaticWish; onSaved: () => void }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const change = useMutation(trpc.updates.setAutomatic.mutationOptions());
  const form = useForm({
    initial: valuesOf(settings),
    schema: automaticSettingsInputSchema,
    read: readValues,
    save: async (wish) => {
      await change.mutateAsync(wish);
      onSaved();
      const say = wish.enabled ? "Updates begin by themselves from now on." : "Nothing is installed by itself.";
      await saved({ changed: [trpc.updates.overview.queryKey()], say });
    },
  });
  const { values, set, errorOf } = form;
  return (
    <DialogForm form={form} label="Automatic updates" save="Save">
      <Checkbox
        label="Install new versions by itself"
        hint="Never one that changes what people have to know of, and never one twice. If it is no good, FilaOps goes back by itself."
        checked={values.enabled}
        onChange={(event) => {
          set("enabled", event.target.checked);
        }}
      />
      <TimeSpanFields values={values} errorOf={errorOf} onChange={set} />
      <TimeZoneField
        zone={values.timeZone}
        error={errorOf("timeZone")}
        onChange={(zone) => {
          set("timeZone", zone);
        }}
      />
      <Field
        label="Days a version has to be out"
        hint="3 to 60. What is no good is mostly found in the first days."
        error={errorOf("minAgeDays")}
      >
        <Input
          inputMode="numeric"
          value={values.minAgeDays}
          onChange={(event) => {
            set("minAgeDays", event.target.value);
          }}
        />
      </Field>
      <Field
        label="Minutes in which nobody has saved"
        hint="5 to 240. As long as somebody works, it waits."
        error={errorOf("quietMinutes")}
      >
        <Input
          inputMode="numeric"
          value={values.quietMinutes}
          onChange={(event) => {
            set("quietMinutes", event.target.value);
          }}
        />
      </Field>
    </DialogForm>
  );
}
