import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { TextLink } from "./button.tsx";

/** The head of a page: where it belongs, its title, and at the right what can be done; on a phone one below the other. */
export function PageHead({
  title,
  back,
  badge,
  actions,
}: {
  title: string;
  back?: { href: string; text: string };
  badge?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="mb-5">
      {back === undefined ? null : (
        <p className="mb-1">
          <TextLink href={back.href} className="inline-flex items-center gap-1 py-1 text-sm no-underline hover:underline">
            <ArrowLeft aria-hidden="true" className="size-4" />
            {back.text}
          </TextLink>
        </p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0">{title}</h1>
          {badge}
        </div>
        {actions === undefined ? null : <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
