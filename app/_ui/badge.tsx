import type { LucideIcon } from "lucide-react";
import { classes } from "./classes.ts";
import { TONES } from "./tone.tsx";
import type { Tone } from "./tone.tsx";

/** A short state: icon and text, never colour alone. */
export function Badge({ tone = "neutral", icon, children }: { tone?: Tone; icon?: LucideIcon; children: string }) {
  const { soft, text, icon: usual } = TONES[tone];
  const Icon = icon ?? usual;
  return (
    <span
      className={classes(
        "inline-flex items-center gap-1.5 rounded-box px-2 py-0.5 text-sm font-medium whitespace-nowrap",
        soft,
        text,
      )}
    >
      <Icon aria-hidden="true" className="size-3.5 shrink-0" />
      {children}
    </span>
  );
}
