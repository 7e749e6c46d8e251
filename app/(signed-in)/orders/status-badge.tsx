import { Ban, CheckCheck, CircleDashed, CircleDot, PackageCheck, Printer } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { Order } from "../../../server/orders/contract.ts";
import { Badge } from "../../_ui/badge.tsx";
import type { Tone } from "../../_ui/tone.tsx";

/** How the statuses that we know look. The list itself is data and may grow: a status that is not here looks neutral. */
const LOOKS: Record<string, { tone: Tone; icon: LucideIcon }> = {
  draft: { tone: "neutral", icon: CircleDashed },
  new: { tone: "info", icon: CircleDot },
  confirmed: { tone: "info", icon: CircleDot },
  printing: { tone: "warn", icon: Printer },
  ready: { tone: "good", icon: PackageCheck },
  shipped: { tone: "good", icon: PackageCheck },
  done: { tone: "good", icon: CheckCheck },
  cancelled: { tone: "neutral", icon: Ban },
};

/** Where an order stands: words and an icon. */
export function StatusBadge({ status }: { status: Order["status"] }) {
  const look = LOOKS[status.code] ?? { tone: "neutral" as const, icon: CircleDot };
  return (
    <Badge tone={look.tone} icon={look.icon}>
      {status.label}
    </Badge>
  );
}
