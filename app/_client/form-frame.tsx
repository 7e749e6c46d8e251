"use client";

import type { ReactNode } from "react";
import { Button, LinkButton } from "../_ui/button.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { FormBody } from "./form-body.tsx";
import { UnsavedGuard } from "./unsaved-guard.tsx";
import type { Form } from "./use-form.ts";

/** A form with its problem on top, its one primary button at the end, and the question before typed things get lost. */
export function FormFrame<Values>({
  form,
  label,
  save,
  cancel,
  children,
}: {
  form: Form<Values>;
  /** What the form is for, for screen readers. */
  label: string;
  /** What the button says: "Save customer". */
  save: string;
  /** Where one goes without saving. */
  cancel?: string;
  children: ReactNode;
}) {
  return (
    <form {...form.formProps} aria-label={label} className="space-y-5">
      {form.problem === null ? null : <ProblemBanner problem={form.problem} />}
      <FormBody saving={form.saving} className="space-y-5">
        {children}
      </FormBody>
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="primary" busy={form.saving}>
          {form.saving ? "Saving…" : save}
        </Button>
        {cancel === undefined ? null : (
          <LinkButton variant="quiet" href={cancel}>
            Cancel
          </LinkButton>
        )}
      </div>
      <UnsavedGuard when={form.dirty} />
    </form>
  );
}
