"use client";

import { useMutation } from "@tanstack/react-query";
import { z } from "zod";
import { DialogForm } from "../../../_client/dialog-form.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import type { Form } from "../../../_client/use-form.ts";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Dialog } from "../../../_ui/dialog.tsx";
import { Checkbox, Field, Select } from "../../../_ui/field.tsx";
import { PasswordField } from "../copies/password-field.tsx";
import type { ChannelValues, KnownChannel } from "./channel-form.ts";
import { channelInputSchema, readValues, valuesOf } from "./channel-form.ts";
import { TestResult, useTest } from "./channel-test.tsx";
import type { Kind } from "./messages-view.ts";
import { EVENTS, KINDS, LEVELS } from "./messages-view.ts";
import { TargetFields } from "./target-fields.tsx";

type Props = { kind: Kind; known: KnownChannel | null; onClose: () => void };

/** Adds a place that messages go to, or changes one. */
export function ChannelDialog(props: Props) {
  const { title, say } = KINDS[props.kind];
  return (
    <Dialog title={title} description={say} open onOpenChange={props.onClose} wide>
      <ChannelForm {...props} />
    </Dialog>
  );
}

function ChannelForm({ kind, known, onClose }: Props) {
  const trpc = useTRPC();
  const saved = useSaved();
  const set = useMutation(trpc.messages.set.mutationOptions());
  const test = useTest();
  const form = useForm({
    initial: valuesOf(kind, known),
    schema: z.intersection(channelInputSchema(known), z.object({ password: z.string().min(1).max(1000) })),
    read: (values) => readValues(values, known),
    save: async (input) => {
      await set.mutateAsync(input);
      onClose();
      await saved({ changed: [trpc.messages.pathKey()], say: "From now on messages go there." });
    },
  });
  const tryable = channelInputSchema(known).safeParse(readValues(form.values, known)).data;
  return (
    <DialogForm form={form} label={KINDS[kind].title} save="Save">
      <TargetFields form={form} keepsSecret={known?.hasSecret === true} />
      <div className="space-y-2">
        <Button
          busy={test.isPending || tryable === undefined}
          onClick={() => {
            if (tryable !== undefined) test.mutate(tryable);
          }}
        >
          {test.isPending ? "Sending…" : "Send a test"}
        </Button>
        {tryable === undefined ? <p className="text-sm text-muted">Once the fields above are filled in.</p> : null}
        <TestResult test={test} />
      </div>
      <EventFields form={form} />
      <PasswordField form={form} hint="Asked again, because what happens here will be told there." />
    </DialogForm>
  );
}

function EventFields({ form }: { form: Form<ChannelValues> }) {
  const { values, set } = form;
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Tell this</legend>
      {EVENTS.map(({ event, label }) => (
        <Checkbox
          key={event}
          label={label}
          checked={values.events.includes(event)}
          onChange={(change) => {
            const others = values.events.filter((one) => one !== event);
            set("events", change.target.checked ? [...others, event] : others);
          }}
        />
      ))}
      {values.events.includes("update.available") ? (
        <Field label="An available update is told" className="mt-2">
          <Select
            value={values.level}
            onChange={(change) => {
              const chosen = LEVELS.find(({ level }) => level === change.target.value);
              if (chosen !== undefined) set("level", chosen.level);
            }}
          >
            {LEVELS.map(({ level, text }) => (
              <option key={level} value={level}>
                {text}
              </option>
            ))}
          </Select>
        </Field>
      ) : null}
    </fieldset>
  );
}
