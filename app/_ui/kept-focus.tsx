"use client";

import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

/**
 * A place whose content is replaced by something else (`on` says by what). When the focus would fall with the old content, the place gets it, so that whoever uses
 * the keyboard goes on from there.
 */
export function KeptFocus({ on, children }: { on: string; children: ReactNode }) {
  const place = useRef<HTMLDivElement | null>(null);
  const shown = useRef(on);
  useEffect(() => {
    if (shown.current === on) return;
    shown.current = on;
    if (document.activeElement === null || document.activeElement === document.body) place.current?.focus();
  }, [on]);
  return (
    <div ref={place} tabIndex={-1} className="rounded-box">
      {children}
    </div>
  );
}
