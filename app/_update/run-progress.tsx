"use client";

import { Check, Circle, CircleDot, Undo2, X } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { classes } from "../_ui/classes.ts";
import { Progress } from "../_ui/progress.tsx";
import { useNow } from "../_ui/time.tsx";
import { wordsOf } from "./change-words.ts";
import { peopleSentence, runTitle, spokenProgress, stepViews, timeSentence } from "./run-view.ts";
import type { RunState, StepView } from "./run-view.ts";
import { usePublicStatus } from "./use-public-status.ts";

/** A run that is under way: how far it is, its steps, what people can do meanwhile. The live region tells steps, not percents. */
export function RunProgress({ state }: { state: RunState }) {
  const now = useNow();
  const { quiet } = usePublicStatus();
  const time = now === null || quiet ? null : timeSentence(state, now);
  const percent = Math.round(state.status.percent);
  return (
    <div>
      <div className="flex items-center gap-3">
        <Progress percent={percent} label={runTitle(state.status)} />
        <span aria-hidden="true" className="w-11 shrink-0 text-right font-medium">
          {percent} %
        </span>
      </div>
      <p role="status" className="sr-only">
        {spokenProgress(state.status)}
      </p>
      <ol className="mt-4 space-y-1" aria-label="Steps">
        {stepViews(state).map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      <div className="mt-4 space-y-1 text-muted">
        <p>
          {quiet ? "FilaOps is starting again. This page goes on by itself as soon as it answers." : peopleSentence(state.status)}
        </p>
        {time === null ? null : <p>{time}</p>}
        <p>You can close this window; {wordsOf(state.status).name} goes on.</p>
      </div>
    </div>
  );
}

const SIGNS: Record<StepView["state"], { icon: LucideIcon; look: string }> = {
  todo: { icon: Circle, look: "text-muted" },
  running: { icon: CircleDot, look: "text-accent" },
  done: { icon: Check, look: "text-good" },
  failed: { icon: X, look: "text-danger" },
  undoing: { icon: Undo2, look: "text-warn" },
  undone: { icon: Undo2, look: "text-muted" },
};

function Step({ step }: { step: StepView }) {
  const { icon: Icon, look } = SIGNS[step.state];
  const active = step.state === "running" || step.state === "undoing";
  return (
    <li className="flex items-baseline gap-2" aria-current={active ? "step" : undefined}>
      <Icon aria-hidden="true" className={classes("size-4 shrink-0 translate-y-0.5", look)} />
      <span className={classes("min-w-0 flex-1", active && "font-semibold", step.state === "todo" && "text-muted")}>
        {step.title}
        <span className="sr-only">, {step.spoken}</span>
      </span>
      <span className="shrink-0 text-sm text-muted">{step.detail}</span>
    </li>
  );
}
