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

type Answering<Input> = {
  /** On the button that does it, such as `Delete export`, and meanwhile. */
  act: [idle: string, busy: string];
  mutation: Mutation<Input>;
  input: Input;
  onDone: () => void;
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
  title: string;
  /** What it means. */
  description: string;
} & Omit<Answering<Input>, "onDone">) {
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
      <Answers act={act} mutation={mutation} input={input} onDone={close} />
    </Dialog>
  );
}

/** The same question, opened from a menu or a list: it is there until `onClose`, which is also called when it is done. */
export function Question<Input>({
  title,
  description,
  onClose,
  ...answers
}: { title: string; description: string; onClose: () => void } & Omit<Answering<Input>, "onDone">) {
  return (
    <Dialog title={title} description={description} open onOpenChange={onClose}>
      <Answers {...answers} onDone={onClose} />
    </Dialog>
  );
}

function Answers<Input>({ act, mutation, input, onDone }: Answering<Input>) {
  return (
    <>
      {mutation.error === null ? null : <ProblemBanner problem={problemOf(mutation.error)} />}
      <DialogActions>
        <DialogClose>
          <Button>Keep it</Button>
        </DialogClose>
        <Button
          variant="danger"
          busy={mutation.isPending}
          onClick={() => {
            mutation.mutate(input, { onSuccess: onDone });
          }}
        >
          {act[mutation.isPending ? 1 : 0]}
        </Button>
      </DialogActions>
    </>
  );
}
