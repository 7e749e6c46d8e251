"use client";

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Import, Preview } from "../../../../../server/imports/contract.ts";
import type { OrderStatus } from "../../../../../server/orders/contract.ts";
import { problemOf } from "../../../../_client/problem.ts";
import { useTRPC } from "../../../../_client/trpc.tsx";
import { AlertBanner } from "../../../../_ui/alert-banner.tsx";
import { Button, LinkButton } from "../../../../_ui/button.tsx";
import { Card } from "../../../../_ui/card.tsx";
import { ProblemBanner } from "../../../../_ui/problem-banner.tsx";
import { Progress } from "../../../../_ui/progress.tsx";
import { bytes } from "../../../../_update/words.ts";
import { progressOf, reportWords } from "./import-view.ts";
import { MappingForm } from "./mapping-form.tsx";
import { PreviewView } from "./preview-view.tsx";
import { StartForm } from "./start-form.tsx";
import { useRefreshImports } from "./use-imports.ts";

type Props = { found: Import; statuses: OrderStatus[] };

/** The newest import: how far it is, and what can be done with it now. */
export function ImportCard({ found, statuses }: Props) {
  const { phase } = found;
  switch (phase.kind) {
    case "reading":
    case "comparing":
    case "applying":
      return <AtWork found={found} />;
    case "mapping":
      return <MappingForm found={found} statuses={statuses} unknownStatuses={[]} />;
    case "ready":
      return <Looked found={found} statuses={statuses} preview={phase.preview} />;
    case "done":
      return (
        <AlertBanner
          tone="good"
          role="status"
          title={`${found.fileName} was imported`}
          actions={
            <LinkButton size="small" href="/orders">
              Look at the orders
            </LinkButton>
          }
        >
          {reportWords(phase.report).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </AlertBanner>
      );
    case "failed":
      return (
        <Again found={found} statuses={statuses} preview={phase.preview}>
          <ProblemBanner problem={phase.problem} />
        </Again>
      );
    case "cancelled":
      return (
        <Again found={found} statuses={statuses} preview={phase.preview}>
          <AlertBanner tone="info" role="status" title={`${found.fileName} was not imported: you cancelled it`}>
            <p>Nothing was changed.</p>
          </AlertBanner>
        </Again>
      );
    case "interrupted":
      return (
        <Again found={found} statuses={statuses} preview={phase.preview}>
          <AlertBanner tone="warn" role="status" title={`FilaOps was started again while it worked on ${found.fileName}`}>
            <p>Nothing was changed: an import is all or nothing.</p>
            <p>{phase.preview === null ? "Choose the file again." : "You can import it again."}</p>
          </AlertBanner>
        </Again>
      );
  }
}

/** What happened, and below it the preview, if it can be tried again. */
function Again({ preview, children, ...props }: Props & { preview: Preview | null; children: ReactNode }) {
  return (
    <div className="space-y-5">
      {children}
      {preview === null ? null : <Looked {...props} preview={preview} />}
    </div>
  );
}

function Looked({ found, statuses, preview }: Props & { preview: Preview }) {
  return (
    <div className="space-y-5">
      {found.foreign.length > 0 && preview.errors > 0 ? (
        <MappingForm found={found} statuses={statuses} unknownStatuses={preview.unknownStatuses} />
      ) : null}
      <PreviewView found={found} preview={preview} />
      {preview.errors > 0 ? null : <StartForm id={found.id} preview={preview} />}
    </div>
  );
}

function AtWork({ found }: { found: Import }) {
  const progress = progressOf(found.phase);
  if (progress === null) return null;
  return (
    <Card title={progress.title} action={<Cancel id={found.id} />}>
      <p className="mb-2 wrap-anywhere text-muted">
        {found.fileName}, {bytes(found.bytes)}
      </p>
      {progress.percent === null ? null : <Progress percent={progress.percent} label={progress.title} />}
      <p className="mt-2">{progress.sentence}</p>
      <p role="status" className="sr-only">
        {progress.title}
      </p>
      <p className="mt-1 text-muted">Everybody can go on working. You can leave this page; it goes on.</p>
    </Card>
  );
}

function Cancel({ id }: { id: string }) {
  const cancel = useMutation(useTRPC().imports.cancel.mutationOptions({ onSettled: useRefreshImports() }));
  return (
    <div className="flex flex-col items-end gap-2">
      <Button
        size="small"
        busy={cancel.isPending}
        onClick={() => {
          cancel.mutate({ id });
        }}
      >
        {cancel.isPending ? "Cancelling…" : "Cancel"}
      </Button>
      {cancel.error === null ? null : <ProblemBanner problem={problemOf(cancel.error)} />}
    </div>
  );
}
