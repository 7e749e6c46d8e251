"use client";

import { useMutation } from "@tanstack/react-query";
import { problemOf } from "../../../../_client/problem.ts";
import { Card } from "../../../../_ui/card.tsx";
import { FileButton } from "../../../../_ui/file-button.tsx";
import { ProblemBanner } from "../../../../_ui/problem-banner.tsx";
import { KeptExports } from "./kept-exports.tsx";
import { sendImport } from "./send-import.ts";
import { useRefreshImports } from "./use-imports.ts";

/** The way in: a file of the person's computer. Choosing it changes nothing. */
export function ChooseFile({ busy, isNext }: { busy: boolean; /** Whether it is what one does next. */ isNext: boolean }) {
  const refresh = useRefreshImports();
  const sending = useMutation({ mutationFn: (file: File) => sendImport(file), networkMode: "always", onSettled: refresh });
  return (
    <Card title="Import from a file">
      <p>
        An export of FilaOps (a .zip), or a CSV file of another tool: customers, items or orders. First you see what it would
        change; nothing is changed before you say so.
      </p>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <FileButton
          variant={isNext ? "primary" : "secondary"}
          busy={busy || sending.isPending}
          accept=".zip,.csv,.jsonl,.ndjson,.tsv,.txt,application/zip,text/csv"
          onChoose={([file]) => {
            if (file !== undefined) sending.mutate(file);
          }}
        >
          {sending.isPending ? "Sending the file…" : "Choose a file"}
        </FileButton>
        {sending.isPending ? <span role="status">Stay on this page until it is sent.</span> : null}
      </div>
      <KeptExports busy={busy || sending.isPending} />
      {sending.error === null ? null : (
        <div className="mt-4">
          <ProblemBanner problem={problemOf(sending.error)} />
        </div>
      )}
    </Card>
  );
}
