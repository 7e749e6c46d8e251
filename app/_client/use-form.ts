"use client";

import { useEffect, useRef, useState } from "react";
import type { RefObject, SyntheticEvent } from "react";
import type { z } from "zod";
import type { Problem } from "../../server/platform/contract.ts";
import { issuesByPath, issueWords } from "./issue-words.ts";
import { fieldErrorsOf, problemOf } from "./problem.ts";

export type Form<Values> = {
  values: Values;
  /** Changes one field and takes its errors away; with `path`, only those of a part of it. */
  set: <Key extends keyof Values & string>(key: Key, value: Values[Key], path?: string) => void;
  /** What is wrong with a field, by path: "name", "lines.0.quantity". */
  errorOf: (path: string) => string | undefined;
  /** What went wrong with the save as a whole. */
  problem: Problem | null;
  saving: boolean;
  /** Something was typed that is not saved. */
  dirty: boolean;
  /** Back to the values that the form began with. */
  reset: () => void;
  formProps: { ref: RefObject<HTMLFormElement | null>; onSubmit: (event: SyntheticEvent) => void; noValidate: true };
};

type Errors = Record<string, string>;

/**
 * A form over one schema of a contract: the same rules here as on the server. What is typed stays in the form until a save is answered with
 * yes; errors appear at their fields and the first one gets the focus.
 */
export function useForm<Values extends object, Schema extends z.ZodType>({
  initial,
  schema,
  read = (values) => values,
  save,
}: {
  initial: Values;
  schema: Schema;
  /** What the schema is given, where it differs from what the form keeps. */
  read?: (values: Values) => unknown;
  /** Saves what the schema made of the values; throws when it is not saved. */
  save: (parsed: z.output<Schema>) => Promise<unknown>;
}): Form<Values> {
  const [base] = useState(initial);
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [phase, setPhase] = useState<"typing" | "saving" | "saved">("typing");
  const ref = useRef<HTMLFormElement | null>(null);

  useEffect(() => {
    if (Object.keys(errors).length > 0) ref.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [errors]);

  async function submit(): Promise<void> {
    const parsed = schema.safeParse(read(values), { error: issueWords });
    setProblem(null);
    if (!parsed.success) {
      setErrors(issuesByPath(parsed.error));
      return;
    }
    setErrors({});
    // The fields rest while it is saved (`FormBody`): the focus must not fall with them.
    ref.current?.querySelector<HTMLElement>("button[type=submit]")?.focus();
    setPhase("saving");
    try {
      await save(parsed.data);
      setPhase("saved");
    } catch (error) {
      const fields = fieldErrorsOf(error);
      setErrors(fields);
      // What the form can show at its fields needs no banner; a path that no field shows must not get lost.
      if (Object.keys(fields).length === 0 || !shownSomewhere(fields, values)) setProblem(problemOf(error));
      setPhase("typing");
    }
  }

  return {
    values,
    set: (key, value, path = key) => {
      setValues((before) => ({ ...before, [key]: value }));
      setErrors((before) => without(before, path));
      setPhase((before) => (before === "saved" ? "typing" : before));
    },
    errorOf: (path) => errors[path],
    problem,
    saving: phase === "saving",
    dirty: phase !== "saved" && JSON.stringify(values) !== JSON.stringify(base),
    reset: () => {
      setValues(base);
      setErrors({});
      setProblem(null);
      setPhase("typing");
    },
    formProps: {
      ref,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        if (phase !== "saving") void submit();
      },
    },
  };
}

/** The errors without those of a path and of what lies below it. */
function without(errors: Errors, gone: string): Errors {
  const rest = Object.entries(errors).filter(([path]) => path !== gone && !path.startsWith(`${gone}.`));
  return rest.length === Object.keys(errors).length ? errors : Object.fromEntries(rest);
}

function shownSomewhere(errors: Errors, values: object): boolean {
  return Object.keys(errors).every((path) => (path.split(".")[0] ?? "") in values);
}
