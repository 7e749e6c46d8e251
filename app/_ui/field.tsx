"use client";

import { createContext, useContext, useId } from "react";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes.ts";

type FieldControl = { id: string; describedBy: string | undefined; invalid: boolean };

const FieldContext = createContext<FieldControl | null>(null);

/**
 * A label, an optional hint, the control and, if there is one, the error: tied together for assistive technology. The control inside
 * (`Input`, `Textarea`, `Select`) takes its id from here.
 */
export function Field({
  label,
  hint,
  error,
  optional = false,
  hideLabel = false,
  children,
  className,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: boolean;
  hideLabel?: boolean;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  const hasHint = hint !== undefined;
  const hasError = error !== undefined;
  const describedBy = classes(hasHint && `${id}-hint`, hasError && `${id}-error`);
  return (
    <FieldContext value={{ id, describedBy: describedBy === "" ? undefined : describedBy, invalid: hasError }}>
      <div className={classes("min-w-0", className)}>
        <label htmlFor={id} className={hideLabel ? "sr-only" : "mb-1 block font-medium"}>
          {label}
          {optional ? <span className="font-normal text-muted"> (optional)</span> : null}
        </label>
        {hasHint ? (
          <div id={`${id}-hint`} className="mb-1 text-sm text-muted">
            {hint}
          </div>
        ) : null}
        {children}
        {hasError ? (
          <p id={`${id}-error`} className="mt-1 text-sm font-medium text-danger">
            <span aria-hidden="true">▲ </span>
            {error}
          </p>
        ) : null}
      </div>
    </FieldContext>
  );
}

const CONTROL =
  "w-full min-w-0 rounded-box border border-edge bg-surface px-3 py-1.5 text-ink placeholder:text-muted min-h-10 pointer-coarse:min-h-11 " +
  "aria-invalid:border-2 aria-invalid:border-danger disabled:bg-sunken disabled:text-muted";

/** A line of text; inside a `Field` it is labelled by it. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...useControl()} className={classes(CONTROL, className)} {...rest} />;
}

/** Several lines of text; inside a `Field` it is labelled by it. */
export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={4} {...useControl()} className={classes(CONTROL, className)} {...rest} />;
}

/** One of a few choices: the native control, which every phone and keyboard knows. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select {...useControl()} className={classes(CONTROL, className)} {...rest} />;
}

/** A yes or no with its label beside it. */
export function Checkbox({ label, hint, className, ...rest }: ComponentProps<"input"> & { label: string; hint?: string }) {
  const id = useId();
  return (
    <label className={classes("flex items-start gap-2 py-1", className)}>
      <input
        type="checkbox"
        className="mt-1 size-4 shrink-0"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        {...rest}
      />
      <span>
        <span className="font-medium">{label}</span>
        {hint === undefined ? null : (
          <span id={`${id}-hint`} className="block text-sm text-muted">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

/** The attributes that tie a control to the `Field` around it. */
function useControl(): { id?: string; "aria-describedby"?: string; "aria-invalid"?: true } {
  const field = useContext(FieldContext);
  if (field === null) return {};
  return {
    id: field.id,
    ...(field.describedBy === undefined ? {} : { "aria-describedby": field.describedBy }),
    ...(field.invalid ? { "aria-invalid": true as const } : {}),
  };
}
