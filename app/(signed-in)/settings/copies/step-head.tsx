"use client";

import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

/** Where one is in the set-up, and what it is about. Takes the focus when it comes, so that readers of the screen hear of it. */
export function StepHead({ step, title, children }: { step: 1 | 2 | 3; title: string; children: ReactNode }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    head.current?.focus();
  }, []);
  return (
    <div className="mb-4 max-w-prose space-y-2">
      <p className="text-sm text-muted">Step {step} of 3</p>
      <h2 ref={head} tabIndex={-1} className="rounded-box">
        {title}
      </h2>
      <div className="space-y-2">{children}</div>
    </div>
  );
}
