"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { BundleItem, Bundles } from "../../../../server/releases/bundle-contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { FileButton } from "../../../_ui/file-button.tsx";
import { useNotify } from "../../../_ui/notify.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { Progress } from "../../../_ui/progress.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Table } from "../../../_ui/table.tsx";
import { bytes } from "../../../_update/words.ts";
import { receivedWords, stateWords } from "./bundle-view.ts";
import { RemoveBundle } from "./remove-bundle.tsx";
import { sendBundle } from "./send-bundle.ts";
import { useBundles } from "./use-bundles.ts";

/** The way for a computer without internet: a release's bundle is uploaded, or laid into a folder of the server. `busy`: a run is under way. */
export function BundlesCard({ busy }: { busy: boolean }) {
  const known = useBundles();
  const upload = useUpload();
  if (known === undefined) return null;
  return (
    <Card
      title="No internet on this computer?"
      action={
        <FileButton size="small" busy={upload.percent !== null} accept=".tar,application/x-tar" onChoose={upload.choose}>
          Upload a release bundle
        </FileButton>
      }
    >
      <div className="space-y-4">
        <p>
          Get the bundle of a version on another computer: one file, whose name ends in .tar. It is verified as every update is,
          and then that version is offered above.
        </p>
        {upload.percent === null ? null : <Sending percent={upload.percent} />}
        {upload.error === null ? null : <ProblemBanner problem={problemOf(upload.error)} />}
        <Known bundles={known} busy={busy} />
        <p className="text-sm text-muted">
          On the server, a bundle can also be laid into the folder <code className="break-all">{known.folder}</code>.
        </p>
      </div>
    </Card>
  );
}

function Sending({ percent }: { percent: number }) {
  const text = percent < 100 ? `Sending it: ${percent} %` : "It is being verified…";
  return (
    <div className="space-y-2">
      <Progress percent={percent} label="Upload of the release bundle" text={text} />
      <p className="text-sm text-muted">{text}</p>
    </div>
  );
}

/** Sends a file; `percent` is `null` while none is on its way. */
function useUpload() {
  const trpc = useTRPC();
  const client = useQueryClient();
  const { notify } = useNotify();
  const [percent, setPercent] = useState<number | null>(null);
  const getTicket = useMutation(trpc.updates.bundleTicket.mutationOptions());
  const sending = useMutation({
    mutationFn: async (file: File) => {
      setPercent(0);
      const { ticket } = await getTicket.mutateAsync();
      const onBytes = (sent: number) => {
        setPercent(Math.floor((100 * sent) / Math.max(1, file.size)));
      };
      return sendBundle(file, ticket, { onBytes });
    },
    onSuccess: async (received) => {
      const { text, tone } = receivedWords(received);
      notify(text, tone);
      const keys = [trpc.updates.bundles.queryKey(), trpc.updates.overview.queryKey(), trpc.nag.state.queryKey()];
      await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    onSettled: () => {
      setPercent(null);
    },
  });
  const choose = ([file]: File[]) => {
    if (file !== undefined && !sending.isPending) sending.mutate(file);
  };
  return { percent, error: sending.error, choose };
}

function Known({ bundles: { bundles }, busy }: { bundles: Bundles; busy: boolean }) {
  const [removing, setRemoving] = useState<BundleItem | null>(null);
  if (bundles.length === 0) return null;
  const columns: Column<BundleItem>[] = [
    { key: "version", title: "Version", heading: true, cell: ({ name, version }) => <Named name={name} version={version} /> },
    { key: "bytes", title: "Size", align: "end", cell: (row) => <span className="whitespace-nowrap">{bytes(row.bytes)}</span> },
    { key: "state", title: "State", cell: (row) => <State row={row} /> },
    {
      ...{ key: "remove", title: "Actions", hideTitle: true, align: "end" as const },
      cell: (row) => (
        <Button
          size="small"
          busy={busy}
          aria-label={`Remove ${row.name}`}
          onClick={() => {
            setRemoving(row);
          }}
        >
          Remove
        </Button>
      ),
    },
  ];
  return (
    <>
      <Table label="Release bundles" columns={columns} rows={bundles} rowKey={({ name }) => name} />
      {removing === null ? null : (
        <RemoveBundle
          bundle={removing}
          onClose={() => {
            setRemoving(null);
          }}
        />
      )}
    </>
  );
}

function Named({ name, version }: Pick<BundleItem, "name" | "version">) {
  return (
    <>
      {version ?? "Not known"}
      <span className="block max-w-xs text-sm font-normal break-all text-muted">{name}</span>
    </>
  );
}

function State({ row }: { row: BundleItem }) {
  const { text, tone } = stateWords(row);
  return (
    <span className="inline-flex min-w-0 flex-col items-end gap-1 sm:items-start">
      <Badge tone={tone}>{text}</Badge>
      {row.problem === null ? null : (
        <span className="max-w-sm text-sm text-muted">
          {row.problem.happened} {row.problem.todo}
        </span>
      )}
    </span>
  );
}
