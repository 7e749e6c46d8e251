"use client";

import { useMutation } from "@tanstack/react-query";
import { z } from "zod";
import { FormBody } from "../../../_client/form-body.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useForm } from "../../../_client/use-form.ts";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Facts } from "../../../_ui/card.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { placeWords } from "./copies-view.ts";
import { savedInput } from "./key.ts";
import { PasswordField } from "./password-field.tsx";
import { StepHead } from "./step-head.tsx";
import type { StorageInput } from "./storage-form.ts";

/** What was chosen, once more, and the password. */
export function SaveStep({
  input,
  recipient,
  onSaved,
  onBack,
}: {
  input: StorageInput;
  recipient: string;
  onSaved: () => void;
  onBack: () => void;
}) {
  const trpc = useTRPC();
  const saved = useSaved();
  const set = useMutation(trpc.backups.setOffsite.mutationOptions());
  const copy = useMutation(trpc.backups.copyOut.mutationOptions());
  const form = useForm({
    initial: { password: "" },
    schema: z.object({ password: z.string().min(1).max(1000) }),
    save: async ({ password }) => {
      await set.mutateAsync(savedInput(input, { recipient }, password));
      // Nothing of what is here lies there yet. Where something else is under way, the page says what is lacking.
      await copy.mutateAsync({}).catch(() => undefined);
      await saved({ changed: [trpc.backups.pathKey()], say: "Copies are set up." });
      onSaved();
    },
  });
  return (
    <form {...form.formProps} aria-label="Save the set-up" className="space-y-4">
      <StepHead step={3} title="Begin copying">
        <p>From now on each backup is copied as soon as it is made. What is too old goes there as it goes here.</p>
      </StepHead>
      <Facts
        facts={[
          { name: "Copies go to", value: <span className="wrap-anywhere">{placeWords(input.storage)}</span> },
          { name: "Public key", value: <code className="font-mono text-sm break-all">{recipient}</code> },
        ]}
      />
      {form.problem === null ? null : <ProblemBanner problem={form.problem} />}
      <FormBody saving={form.saving} className="max-w-sm">
        <PasswordField form={form} hint="Asked again, because your backups will go there." />
      </FormBody>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={form.saving}>
          {form.saving ? "Saving…" : "Save and begin"}
        </Button>
        <Button variant="quiet" onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  );
}
