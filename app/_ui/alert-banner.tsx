import { X } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes.ts";
import { TONES } from "./tone.tsx";
import type { Tone } from "./tone.tsx";

/**
 * A message in the page: an icon, a title, a text, and buttons for what can be done. `role` "alert" interrupts a screen reader; use it for what
 * has just gone wrong, and "status" for what may wait.
 */
export function AlertBanner({
  tone = "info",
  title,
  role,
  actions,
  close,
  children,
  className,
}: {
  tone?: Tone;
  title: string;
  role?: "alert" | "status";
  actions?: ReactNode;
  /** A cross that puts the message away; its label says for how long. */
  close?: { label: string; onClick: () => void };
  children?: ReactNode;
  className?: string;
}) {
  const { icon: Icon, soft, text, border } = TONES[tone];
  return (
    <div role={role} className={classes("flex gap-3 rounded-box border-l-4 p-4", soft, border, className)}>
      <Icon aria-hidden="true" className={classes("mt-0.5 size-5 shrink-0", text)} />
      <div className="min-w-0 flex-1 wrap-anywhere">
        <p className={classes("font-semibold", text)}>{title}</p>
        {children === undefined ? null : <div className="mt-1 space-y-1">{children}</div>}
        {actions === undefined ? null : <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
      </div>
      {close === undefined ? null : (
        <button
          type="button"
          aria-label={close.label}
          title={close.label}
          onClick={close.onClick}
          className={classes("-m-2 flex size-9 shrink-0 items-center justify-center rounded-box hover:bg-surface", text)}
        >
          <X aria-hidden="true" className="size-5" />
        </button>
      )}
    </div>
  );
}
