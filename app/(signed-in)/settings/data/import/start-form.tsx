"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Policy, Preview } from "../../../../../server/imports/contract.ts";
import { problemOf } from "../../../../_client/problem.ts";
import { useTRPC } from "../../../../_client/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Card } from "../../../../_ui/card.tsx";
import { ProblemBanner } from "../../../../_ui/problem-banner.tsx";
import { choices, outcomeOf } from "./import-view.ts";
import { useRefreshImports } from "./use-imports.ts";

/** The choice and the button: the safe way is chosen until somebody chooses another. */
export function StartForm({ id, preview }: { id: string; preview: Preview }) {
  const [policy, setPolicy] = useState<Policy>("add_only");
  const refresh = useRefreshImports();
  const start = useMutation(useTRPC().imports.start.mutationOptions({ onSettled: refresh }));
  const remove = useMutation(useTRPC().imports.remove.mutationOptions({ onSettled: refresh }));
  const conflicts = preview.counts
    .filter(({ entity }) => entity !== "order_lines")
    .reduce((sum, each) => sum + each.conflicts, 0);
  const problem = start.error ?? remove.error;
  return (
    <Card title="Import it">
      <form
        aria-label="Import"
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!start.isPending) start.mutate({ id, policy });
        }}
      >
        <fieldset className="space-y-2">
          <legend className="mb-1 font-medium">What is to happen to what is here already?</legend>
          {choices({ conflicts }).map((choice) => (
            <label
              key={choice.policy}
              className="flex items-start gap-2 rounded-box border border-line p-3 has-checked:border-accent"
            >
              <input
                type="radio"
                name="policy"
                className="mt-1 size-4 shrink-0"
                checked={policy === choice.policy}
                onChange={() => {
                  setPolicy(choice.policy);
                }}
              />
              <span>
                <span className="block font-medium">{choice.title}</span>
                <span className="block text-sm text-muted">{choice.text}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <p role="status">
          <span className="font-medium">This will be done:</span> {outcomeOf(preview, policy)}
        </p>
        <p className="text-muted">All of it or nothing. Everybody can go on working meanwhile.</p>
        {problem === null ? null : <ProblemBanner problem={problemOf(problem)} />}
        <div className="flex flex-wrap gap-2">
          <Button variant={policy === "overwrite" ? "danger" : "primary"} type="submit" busy={start.isPending}>
            {start.isPending ? "Starting…" : policy === "overwrite" ? "Import and replace what differs" : "Import"}
          </Button>
          <Button
            busy={remove.isPending}
            onClick={() => {
              remove.mutate({ id });
            }}
          >
            Do not import it
          </Button>
        </div>
      </form>
    </Card>
  );
}
