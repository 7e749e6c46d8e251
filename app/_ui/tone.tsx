import { CircleAlert, CircleCheck, CircleDot, Info, OctagonAlert, TriangleAlert } from "lucide-react";
import type { LucideIcon } from "lucide-react";

/** How something is meant. Every tone has an icon of its own, so that colour is never the only signal. */
export type Tone = "neutral" | "info" | "good" | "warn" | "urgent" | "danger";

export const TONES: Record<Tone, { icon: LucideIcon; soft: string; text: string; border: string }> = {
  neutral: { icon: CircleDot, soft: "bg-sunken", text: "text-ink", border: "border-edge" },
  info: { icon: Info, soft: "bg-info-soft", text: "text-info", border: "border-info" },
  good: { icon: CircleCheck, soft: "bg-good-soft", text: "text-good", border: "border-good" },
  warn: { icon: TriangleAlert, soft: "bg-warn-soft", text: "text-warn", border: "border-warn" },
  urgent: { icon: CircleAlert, soft: "bg-urgent-soft", text: "text-urgent", border: "border-urgent" },
  danger: { icon: OctagonAlert, soft: "bg-danger-soft", text: "text-danger", border: "border-danger" },
};
