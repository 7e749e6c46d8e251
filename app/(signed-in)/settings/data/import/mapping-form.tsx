"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ForeignFile, Import, Mapping } from "../../../../../server/imports/contract.ts";
import type { OrderStatus } from "../../../../../server/orders/contract.ts";
import { problemOf } from "../../../../_client/problem.ts";
import { useTRPC } from "../../../../_client/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Card } from "../../../../_ui/card.tsx";
import { ProblemBanner } from "../../../../_ui/problem-banner.tsx";
import { FileMapping } from "./file-mapping.tsx";
import { useRefreshImports } from "./use-imports.ts";

/** Which column of another tool is which of ours: a guess or what was remembered, for a person to look over. */
export function MappingForm({
  found,
  statuses,
  unknownStatuses,
}: {
  found: Import;
  statuses: OrderStatus[];
  unknownStatuses: string[];
}) {
  const [mappings, setMappings] = useState<Record<string, Mapping>>(() => startOf(found.foreign));
  const refresh = useRefreshImports();
  const set = useMutation(useTRPC().imports.setMapping.mutationOptions({ onSettled: refresh }));
  const remove = useMutation(useTRPC().imports.remove.mutationOptions({ onSettled: refresh }));
  const problem = set.error ?? remove.error;
  return (
    <Card title="Which column is which?">
      <p className="mb-4">
        {found.foreign.every(({ remembered }) => remembered)
          ? "This is how you had it the last time. Look it over, then go on."
          : "The file is of another tool. Look over what FilaOps takes each column for; it is remembered for the next time."}
      </p>
      <form
        aria-label="Columns"
        className="space-y-6"
        onSubmit={(event) => {
          event.preventDefault();
          if (set.isPending) return;
          set.mutate({ id: found.id, files: Object.entries(mappings).map(([name, mapping]) => ({ name, mapping })) });
        }}
      >
        {found.foreign.map((file) => (
          <FileMapping
            key={file.name}
            file={file}
            statuses={statuses}
            unknownStatuses={unknownStatuses}
            mapping={mappings[file.name] ?? EMPTY}
            onChange={(mapping) => {
              setMappings((before) => ({ ...before, [file.name]: mapping }));
            }}
          />
        ))}
        {problem === null ? null : <ProblemBanner problem={problemOf(problem)} />}
        <div className="flex flex-wrap gap-2">
          <Button variant="primary" type="submit" busy={set.isPending}>
            {set.isPending ? "Looking…" : "See what it would change"}
          </Button>
          <Button
            busy={remove.isPending}
            onClick={() => {
              remove.mutate({ id: found.id });
            }}
          >
            Do not import it
          </Button>
        </div>
      </form>
    </Card>
  );
}

const EMPTY: Mapping = { entity: "customers", columns: {}, statuses: {}, createCustomers: false };

function startOf(files: ForeignFile[]): Record<string, Mapping> {
  return Object.fromEntries(files.map(({ name, mapping }) => [name, mapping ?? EMPTY]));
}
