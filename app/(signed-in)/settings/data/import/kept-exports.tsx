"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { problemOf } from "../../../../_client/problem.ts";
import { useTRPC } from "../../../../_client/trpc.tsx";
import { Button } from "../../../../_ui/button.tsx";
import { Field, Select } from "../../../../_ui/field.tsx";
import { ProblemBanner } from "../../../../_ui/problem-banner.tsx";
import { useNow } from "../../../../_ui/time.tsx";
import { moment } from "../../../../_update/words.ts";
import { useRefreshImports } from "./use-imports.ts";

/** The other way in: an export that is kept on the server, which need not travel to the person's computer and back. */
export function KeptExports({ busy }: { busy: boolean }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.exports.list.queryOptions());
  const take = useMutation(trpc.imports.fromExport.mutationOptions({ onSettled: useRefreshImports() }));
  const zone = useNow() === null ? "UTC" : undefined;
  const [chosen, setChosen] = useState("");
  const kept = data?.exports.filter(({ state }) => state === "complete") ?? [];
  const id = kept.find((each) => each.id === chosen)?.id ?? kept[0]?.id;
  if (id === undefined) return null;
  return (
    <div className="mt-4 space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Or an export that is kept here">
          <Select
            value={id}
            onChange={(event) => {
              setChosen(event.target.value);
            }}
          >
            {kept.map((each) => (
              <option key={each.id} value={each.id}>
                {moment(each.startedAt, zone)}, by {each.startedBy}
              </option>
            ))}
          </Select>
        </Field>
        <Button
          busy={busy || take.isPending}
          onClick={() => {
            take.mutate({ export: id });
          }}
        >
          {take.isPending ? "Fetching it…" : "Look into it"}
        </Button>
      </div>
      {take.error === null ? null : <ProblemBanner problem={problemOf(take.error)} />}
    </div>
  );
}
