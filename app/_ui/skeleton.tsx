import { classes } from "./classes.ts";

/** The shape of what comes, so that nothing jumps when it is there. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={classes("block h-4 animate-shimmer rounded-box bg-sunken", className)} />;
}

/** The shape of a list that is loading, with a sentence for screen readers. */
export function ListSkeleton({ label, rows = 8 }: { label: string; rows?: number }) {
  return (
    <div>
      <p role="status" className="sr-only">
        {label}
      </p>
      <div className="space-y-3">
        {Array.from({ length: rows }, (_, row) => (
          <div
            key={row}
            className="flex gap-4 rounded-box border border-line p-3 sm:rounded-none sm:border-0 sm:border-b sm:px-0"
          >
            <Skeleton className="w-1/4" />
            <Skeleton className="w-2/5" />
            <Skeleton className="ml-auto w-1/6" />
          </div>
        ))}
      </div>
    </div>
  );
}

/** The shape of a page about one thing. */
export function DetailSkeleton({ label }: { label: string }) {
  return (
    <div>
      <p role="status" className="sr-only">
        {label}
      </p>
      <Skeleton className="mb-3 w-24" />
      <Skeleton className="mb-6 h-7 w-64 max-w-full" />
      <div className="space-y-4 rounded-box border border-line bg-surface p-5">
        {Array.from({ length: 5 }, (_, row) => (
          <div key={row} className="flex gap-6">
            <Skeleton className="w-28" />
            <Skeleton className="w-1/2" />
          </div>
        ))}
      </div>
    </div>
  );
}
