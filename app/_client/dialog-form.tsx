"use client";

import type { ReactNode } from "react";
import { Button } from "../_ui/button.tsx";
import { DialogActions, DialogClose } from "../_ui/dialog.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { FormBody } from "./form-body.tsx";
import type { Form } from "./use-form.ts";

/** A form inside a dialog: its problem on top, then what it does and the way out. */
export function DialogForm<Values>({
  form,
  label,
  save,
  saving = "Saving…",
  children,
}: {
  form: Form<Values>;
  label: string;
  save: string;
  /** What its button says meanwhile. */
  saving?: string;
  children: ReactNode;
}) {
  return (
    <form {...form.formProps} aria-label={label} className="space-y-4">
      {form.problem === null ? null : <ProblemBanner problem={form.problem} />}
      <FormBody saving={form.saving} className="space-y-4">
        {children}
      </FormBody>
      <DialogActions>
        <Button type="submit" variant="primary" busy={form.saving}>
          {form.saving ? saving : save}
        </Button>
        <DialogClose>
          <Button>Cancel</Button>
        </DialogClose>
      </DialogActions>
    </form>
  );
}
