import { ChevronLeft, ChevronRight } from "lucide-react";
import { LinkButton } from "./button.tsx";

/** Which part of a list is shown, and the ways to the parts beside it. `href` makes the address of a page. */
export function Pagination({
  page,
  pageSize,
  total,
  noun,
  href,
}: {
  page: number;
  pageSize: number;
  total: number;
  /** What is counted, in the plural: "orders". */
  noun: string;
  href: (page: number) => string;
}) {
  const pages = Math.max(1, Math.ceil(total / pageSize));
  const first = Math.min(total, (page - 1) * pageSize + 1);
  const last = Math.min(total, page * pageSize);
  const count = (value: number) => value.toLocaleString("en-US");
  return (
    <nav aria-label={`Pages of ${noun}`} className="mt-4 flex flex-wrap items-center justify-between gap-3">
      <p className="text-sm text-muted">
        {total <= pageSize ? `${count(total)} ${noun}` : `${count(first)}–${count(last)} of ${count(total)} ${noun}`}
      </p>
      {pages === 1 ? null : (
        <div className="flex items-center gap-2">
          <Step label="Previous page" href={page > 1 ? href(page - 1) : null} icon="left" />
          <span className="text-sm">
            Page {count(page)} of {count(pages)}
          </span>
          <Step label="Next page" href={page < pages ? href(page + 1) : null} icon="right" />
        </div>
      )}
    </nav>
  );
}

function Step({ label, href, icon }: { label: string; href: string | null; icon: "left" | "right" }) {
  const Icon = icon === "left" ? ChevronLeft : ChevronRight;
  if (href === null) {
    return (
      <span aria-hidden="true" className="flex size-10 items-center justify-center text-muted opacity-50">
        <Icon className="size-5" />
      </span>
    );
  }
  return (
    <LinkButton size="icon" href={href} aria-label={label}>
      <Icon aria-hidden="true" className="size-5" />
    </LinkButton>
  );
}
