"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useRef } from "react";
import type { ReactNode } from "react";
import { classes } from "./classes.ts";

/**
 * A modal dialog: focus goes in, stays in, and comes back to what opened it; Escape and the cross close it. Give `trigger` for a dialog that a
 * button opens, or `open` and `onOpenChange` to steer it from outside.
 */
export function Dialog({
  title,
  description,
  trigger,
  open,
  onOpenChange,
  wide = false,
  children,
}: {
  title: string;
  /** One sentence under the title, read out when the dialog opens. */
  description?: ReactNode;
  /** A single `Button`. */
  trigger?: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  wide?: boolean;
  children: ReactNode;
}) {
  const opener = useRef<Element | null>(null);
  const steering = { ...(open === undefined ? {} : { open }), ...(onOpenChange === undefined ? {} : { onOpenChange }) };
  return (
    <Radix.Root {...steering}>
      {trigger === undefined ? null : <Radix.Trigger asChild>{trigger}</Radix.Trigger>}
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-veil" />
        <Radix.Content
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          onOpenAutoFocus={() => {
            opener.current = document.activeElement;
          }}
          // Radix gives the focus back to its own trigger only; a dialog that is steered from outside has none.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
          }}
          className={classes(
            "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 flex-col",
            "overflow-y-auto rounded-box border border-line bg-surface p-5 shadow-box",
            wide ? "max-w-2xl" : "max-w-lg",
          )}
        >
          <div className="mb-3 flex items-start justify-between gap-4">
            <Radix.Title className="min-w-0 wrap-anywhere">{title}</Radix.Title>
            <Radix.Close
              aria-label="Close"
              className="-m-2 flex size-9 shrink-0 items-center justify-center rounded-box text-muted hover:bg-sunken"
            >
              <X aria-hidden="true" className="size-5" />
            </Radix.Close>
          </div>
          {description === undefined ? null : (
            <Radix.Description asChild>
              <div className="mb-4">{description}</div>
            </Radix.Description>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Closes the dialog around it; wraps a single `Button`. */
export function DialogClose({ children }: { children: ReactNode }) {
  return <Radix.Close asChild>{children}</Radix.Close>;
}

/** The row of buttons at a dialog's end: what the dialog is for comes first, the way out last; on a phone one below the other. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-col gap-2 sm:flex-row-reverse sm:justify-start">{children}</div>;
}
