import type { ReactNode } from "react";
import { classes } from "./classes.ts";

/** A box for one thing. With a title it is a section that assistive technology can jump to. */
export function Card({
  title,
  action,
  children,
  className,
}: {
  title?: string;
  /** A small link or button beside the title. */
  action?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const look = classes("rounded-box border border-line bg-surface p-4 sm:p-5", className);
  if (title === undefined) return <div className={look}>{children}</div>;
  return (
    <section aria-label={title} className={look}>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}

/** Names and values, e.g. of a detail page. */
export function Facts({ facts }: { facts: { name: string; value: ReactNode }[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-[max-content_1fr]">
      {facts.map((fact) => (
        <div key={fact.name} className="sm:contents">
          <dt className="text-sm text-muted sm:text-[length:inherit]">{fact.name}</dt>
          <dd className="min-w-0 whitespace-pre-line">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
