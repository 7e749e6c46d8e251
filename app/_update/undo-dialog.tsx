"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Plan, RunKind } from "../../server/updates/contract.ts";
import { problemOf } from "../_client/problem.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { Button } from "../_ui/button.tsx";
import { Dialog, DialogActions } from "../_ui/dialog.tsx";
import { Field, Input } from "../_ui/field.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { ListSkeleton } from "../_ui/skeleton.tsx";
import { closeDialog } from "./desk.ts";
import { Findings } from "./findings.tsx";
import { lostLines } from "./plan-view.ts";
import { useBegin } from "./use-begin.ts";

type Undone = { run: string; version: string; undoes: RunKind };

type UndoWords = { what: string; title: string; act: string };

function wordsOf({ version, undoes }: Undone): UndoWords {
  if (undoes === "restore") return { what: "the restore", title: "Undo the restore?", act: "Undo restore" };
  if (undoes === "start_fresh") return { what: "the fresh start", title: "Undo the fresh start?", act: "Undo fresh start" };
  return { what: "the update", title: `Go back to FilaOps ${version}?`, act: `Go back to ${version}` };
}

/** Asks before a change is taken back: in numbers what would be lost, and the password afresh. */
export function UndoDialog(undone: Undone) {
  const { run } = undone;
  const { what, title, act } = wordsOf(undone);
  const { mutate: makePlan, ...planning } = useMutation(useTRPC().updates.planUndo.mutationOptions());
  useEffect(() => {
    makePlan({ run });
  }, [makePlan, run]);
  const plan = planning.data;
  const blocked = plan?.findings.some((finding) => finding.level === "blocker") === true;
  return (
    <Dialog title={title} open onOpenChange={closeDialog}>
      {planning.error === null ? null : <ProblemBanner problem={problemOf(planning.error)} />}
      {planning.isPending || planning.isIdle ? <ListSkeleton label={`Counting what was entered since ${what}`} rows={3} /> : null}
      {plan === undefined ? null : <WhatItMeans plan={plan} what={what} />}
      {plan === undefined || blocked ? (
        <DialogActions>
          <Button onClick={closeDialog}>Stay as it is</Button>
        </DialogActions>
      ) : (
        <UndoForm run={run} plan={plan.id} act={act} />
      )}
    </Dialog>
  );
}

function WhatItMeans({ plan, what }: { plan: Plan; what: string }) {
  const lines = lostLines(plan.undoes?.lost ?? null);
  return (
    <div className="space-y-4">
      {lines.length === 0 ? (
        <p>Nothing was entered since {what}, so nothing would be lost.</p>
      ) : (
        <div>
          <p className="font-medium">What was entered since {what} would not be there any more:</p>
          <ul className="mt-1 list-disc space-y-1 pl-5">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p className="mt-2">It is not destroyed: the database of now is kept aside.</p>
        </div>
      )}
      <p>Saving pauses for a few seconds; reading goes on.</p>
      {plan.endsSessions ? <p>Everybody is signed out, and signs in with the password of before {what}.</p> : null}
      {plan.findings.some((finding) => finding.level !== "ok") ? <Findings findings={plan.findings} /> : null}
    </div>
  );
}

function UndoForm({ run, plan, act }: { run: string; plan: string; act: string }) {
  const undoing = useMutation(useTRPC().updates.undo.mutationOptions());
  const { idempotencyKey, follow } = useBegin(closeDialog);
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const start = () => {
    setMissing(password === "");
    if (password === "" || undoing.isPending) return;
    undoing.mutate({ run, plan, idempotencyKey, password }, follow);
  };
  return (
    <form
      noValidate
      className="mt-4 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <Field
        label="Your password"
        hint="Asked again, because this takes entries away."
        error={missing ? "Please type your password." : undefined}
      >
        <Input
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
          }}
        />
      </Field>
      {undoing.error === null ? null : <ProblemBanner problem={problemOf(undoing.error)} />}
      <DialogActions>
        <Button variant="primary" onClick={closeDialog}>
          Stay as it is
        </Button>
        <Button variant="danger" type="submit" busy={undoing.isPending}>
          {undoing.isPending ? "Starting…" : act}
        </Button>
      </DialogActions>
    </form>
  );
}
