"use client";

import { Button } from "./button.tsx";

/** What is said when a page breaks: what happened, what it means for the data, and ways on. */
export function ErrorWords({ digest, onAgain }: { digest: string | undefined; onAgain: () => void }) {
  return (
    <div className="space-y-4">
      <p>
        This is a fault of FilaOps, not yours. What you saved is safe; what you had typed on this page and not saved is probably
        lost.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={onAgain}>
          Try again
        </Button>
        {/* A whole new page, not a change within the one that broke. */}
        <Button
          onClick={() => {
            window.location.assign("/");
          }}
        >
          Go to the dashboard
        </Button>
      </div>
      {digest === undefined ? null : (
        <p className="text-sm text-muted">
          If it happens again, report it with this number: <code className="font-mono">{digest}</code>
        </p>
      )}
    </div>
  );
}

/** Next's number of an error in the server's log, if it came from there. */
export function digestOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("digest" in error)) return undefined;
  return typeof error.digest === "string" ? error.digest : undefined;
}
