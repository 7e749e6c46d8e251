import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Nothing here yet: says so, and teaches the next step. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-box border border-dashed border-edge px-4 py-10 text-center">
      <Icon aria-hidden="true" className="size-8 text-muted" />
      <h2>{title}</h2>
      <div className="max-w-prose text-muted">{children}</div>
      {action === undefined ? null : <div className="mt-2">{action}</div>}
    </div>
  );
}
