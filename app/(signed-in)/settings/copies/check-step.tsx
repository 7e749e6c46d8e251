"use client";

import { useState } from "react";
import { z } from "zod";
import { checkFourCharacters } from "../../../../server/offsite/contract.ts";
import { useForm } from "../../../_client/use-form.ts";
import { Button } from "../../../_ui/button.tsx";
import { Field, Input } from "../../../_ui/field.tsx";
import { ordinal, randomGroup } from "./key.ts";
import { StepHead } from "./step-head.tsx";

/** Asks four characters of the key back: whoever has put it away has them. */
export function CheckStep({ identity, onRight, onBack }: { identity: string; onRight: () => void; onBack: () => void }) {
  const [group] = useState(randomGroup);
  const which = `the ${ordinal(group)} group of four`;
  const form = useForm({
    initial: { answer: "" },
    schema: z.object({
      answer: z
        .string()
        .trim()
        .min(1)
        .refine((answer) => checkFourCharacters(identity, group, answer), {
          message: `This is not ${which}. Look once more where you put the key; “Show the key again” brings it back.`,
        }),
    }),
    save: () => {
      onRight();
      return Promise.resolve();
    },
  });
  return (
    <form {...form.formProps} aria-label="Four characters of the key" className="space-y-4">
      <StepHead step={2} title="Do you have the key?">
        <p>
          Take it from where you put it, not from memory, and type {which}. The beginning, AGE-SECRET-KEY-1, does not count; in
          the file, groups follow each other without spaces.
        </p>
      </StepHead>
      <Field label={`${ordinal(group)} group of the key`} error={form.errorOf("answer")}>
        <Input
          name="four-characters"
          className="max-w-32 font-mono"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={form.values.answer}
          onChange={(event) => {
            form.set("answer", event.target.value);
          }}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary">
          Go on
        </Button>
        <Button onClick={onBack}>Show the key again</Button>
      </div>
    </form>
  );
}
