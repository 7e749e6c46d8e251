"use client";

import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import type { BackupSettings } from "../../../../server/backups/contract.ts";
import { backupSettingsInputSchema } from "../../../../server/updater/backup-contract.ts";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import type { Form } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Checkbox, Field, Input } from "../../../_ui/field.tsx";
import type { BackupRow } from "./backup-view.ts";
import { PreviewNotice } from "./preview-notice.tsx";
import { readValues, valuesOf } from "./settings-view.ts";
import type { SettingsValues } from "./settings-view.ts";
import { TimeZoneField } from "./time-zone-field.tsx";

/** When backups are made and which stay. What would be removed by the new rules is shown before they are saved. */
export function SettingsForm({
  settings,
  backups,
  onSaved,
}: {
  settings: BackupSettings;
  backups: readonly BackupRow[];
  onSaved: () => void;
}) {
  const trpc = useTRPC();
  const saved = useSaved();
  const change = useMutation(trpc.backups.setSettings.mutationOptions());
  const form = useForm({
    initial: valuesOf(settings),
    schema: backupSettingsInputSchema,
    read: readValues,
    save: async (input) => {
      await change.mutateAsync(input);
      onSaved();
      await saved({ changed: [trpc.backups.overview.queryKey()], say: "From now on backups are made and kept like this." });
    },
  });
  const wanted = backupSettingsInputSchema.safeParse(readValues(form.values)).data;
  const preview = useQuery({
    ...trpc.backups.previewRetention.queryOptions(wanted ?? { schedule: settings.schedule, retention: settings.retention }),
    enabled: wanted !== undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <DialogForm form={form} label="Backups by themselves" save="Save">
      <Schedule form={form} />
      <Rules form={form} />
      {wanted === undefined ? null : <PreviewNotice preview={preview} backups={backups} />}
    </DialogForm>
  );
}

function Schedule({ form }: { form: Form<SettingsValues> }) {
  const { values, set, errorOf } = form;
  return (
    <fieldset className="space-y-3">
      <Checkbox
        label="Make a backup every day"
        hint="If this computer is off at that time, it is made up for once when it is on again."
        checked={values.enabled}
        onChange={(event) => {
          set("enabled", event.target.checked);
        }}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Time of day" error={errorOf("schedule.at")}>
          <Input
            type="time"
            value={values.at}
            onChange={(event) => {
              set("at", event.target.value, "schedule.at");
            }}
          />
        </Field>
        <TimeZoneField
          zone={values.timeZone}
          error={errorOf("schedule.timeZone")}
          onChange={(zone) => {
            set("timeZone", zone, "schedule.timeZone");
          }}
        />
      </div>
      <Checkbox
        label="Prove the newest one every week"
        hint="It is restored aside, its books are compared with those of when it was made, and it is removed again. Nobody notices."
        checked={values.weeklyDrill}
        onChange={(event) => {
          set("weeklyDrill", event.target.checked);
        }}
      />
    </fieldset>
  );
}

const COUNTS = [
  { key: "last", label: "Newest", hint: "So many always stay." },
  { key: "daily", label: "Days", hint: "The newest of each day." },
  { key: "weekly", label: "Weeks", hint: "The newest of each week." },
  { key: "monthly", label: "Months", hint: "The newest of each month." },
  { key: "minimum", label: "At least", hint: "Never fewer than this." },
] as const;

function Rules({ form }: { form: Form<SettingsValues> }) {
  return (
    <fieldset>
      <legend className="mb-2 font-medium">Which backups stay</legend>
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
        {COUNTS.map(({ key, label, hint }) => (
          <Field key={key} label={label} hint={hint} error={form.errorOf(`retention.${key}`)}>
            <Input
              type="number"
              inputMode="numeric"
              min={key === "last" || key === "minimum" ? 1 : 0}
              max={1000}
              value={form.values[key]}
              onChange={(event) => {
                form.set(key, event.target.value, `retention.${key}`);
              }}
            />
          </Field>
        ))}
      </div>
    </fieldset>
  );
}
