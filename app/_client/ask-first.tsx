"use client";

import { useState } from "react";
import { Button } from "../_ui/button.tsx";
import { Dialog, DialogActions, DialogClose } from "../_ui/dialog.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { problemOf } from "./problem.ts";

type Mutation<Input> = {
  mutate: (input: Input, options: { onSuccess: () => void }) => void;
  isPending: boolean;
  error: unknown;
};

/** A small button that asks before it takes something away, and stays open with the problem when that does not work. */
export function AskFirst<Input>({
  verb,
  what,
  act,
  title,
  description,
  mutation,
  input,
}: {
  /** On the button, such as `Delete`. */
  verb: string;
  /** The thing's name, for who hears the buttons of a list and does not see them. */
  what: string;
  /** On the button that does it, such as `Delete export`, and meanwhile. */
  act: [idle: string, busy: string];
  title: string;
  /** What it means. */
  description: string;
  mutation: Mutation<Input>;
  input: Input;
}) {
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <Dialog
      title={title}
      description={description}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" aria-label={`${verb} ${what}`}>
          {verb}
        </Button>
      }
    >
      {mutation.error === null ? null : <ProblemBanner problem={problemOf(mutation.error)} />}
      <DialogActions>
        <DialogClose>
          <Button>Keep it</Button>
        </DialogClose>
        <Button
          variant="danger"
          busy={mutation.isPending}
          onClick={() => {
            mutation.mutate(input, { onSuccess: close });
          }}
        >
          {act[mutation.isPending ? 1 : 0]}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
