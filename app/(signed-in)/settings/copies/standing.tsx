"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ListedBackup } from "../../../../server/backups/contract.ts";
import type { OffsiteCopy, OffsiteSettings } from "../../../../server/offsite/contract.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Card, Facts } from "../../../_ui/card.tsx";
import { Time } from "../../../_ui/time.tsx";
import { CopiesThere } from "./copies-there.tsx";
import { jobView, lackingWords, lastCopiedAt, newestCopy, placeWords } from "./copies-view.ts";
import { Copying } from "./copying.tsx";
import { StopCopying } from "./stop-copying.tsx";

/** A copying is followed closely; otherwise one may have begun by itself. */
const DURING_JOB_MS = 1000;
const USUALLY_MS = 20_000;

/** What is set up, how it goes, and what lies there. A storage that does not answer takes only its list away. */
export function Standing({ settings, onChange }: { settings: OffsiteSettings; onChange: (() => void) | null }) {
  const trpc = useTRPC();
  const overview = useQuery({
    ...trpc.backups.overview.queryOptions(),
    refetchInterval: ({ state }) => (state.data?.job?.outcome === null ? DURING_JOB_MS : USUALLY_MS),
  });
  // A problem of the storage is an answer: asking again at once only makes the reader wait for it.
  const copies = useQuery({ ...trpc.backups.offsiteCopies.queryOptions(), retry: false, staleTime: 60_000 });
  const job = jobView(overview.data?.job ?? null);
  useCopiesAfter(job.kind === "ended" ? job.at : null, copies.refetch);
  // What was known before it stopped answering may not be so any more.
  const there = copies.isError ? undefined : copies.data?.copies;
  const backups = overview.data?.backups;
  return (
    <div className="space-y-5">
      <Card title="How your copies stand">
        <div className="space-y-4">
          {copies.isError ? <p className="font-medium">The storage does not say just now what lies there.</p> : null}
          {there === undefined ? null : <There copies={there} backups={backups} />}
          <Copying view={job} />
        </div>
      </Card>
      <CopiesThere query={copies} />
      <Where settings={settings} backups={backups} onChange={onChange} />
      <Card title="If this computer is gone">
        <p className="max-w-prose">
          With the key and the storage’s access key, everything can be brought back on a new computer; the guide says how. Keep
          both where they outlive this one.
        </p>
      </Card>
    </div>
  );
}

/** Reads the list again when a copying has ended, also one that began by itself. */
function useCopiesAfter(endedAt: string | null, refetch: () => unknown): void {
  useEffect(() => {
    if (endedAt !== null) void refetch();
  }, [endedAt, refetch]);
}

function There({ copies, backups }: { copies: OffsiteCopy[]; backups: Parameters<typeof lackingWords>[0] | undefined }) {
  const newest = newestCopy(copies);
  return (
    <>
      {newest === null ? (
        <p className="font-medium">Nothing was copied there yet.</p>
      ) : (
        <p className="font-medium">
          Your newest copy is of the backup that was made <Time at={newest.madeAt} />.
        </p>
      )}
      {backups === undefined ? null : <Lacking text={lackingWords(backups, copies)} />}
    </>
  );
}

function Lacking({ text }: { text: string | null }) {
  if (text !== null) return <p>{text}</p>;
  return <p className="text-muted">Every backup that is kept here lies there as well.</p>;
}

function Where({
  settings: { storage, recipient },
  backups,
  onChange,
}: {
  settings: OffsiteSettings;
  backups: ListedBackup[] | undefined;
  onChange: (() => void) | null;
}) {
  return (
    <Card title="Where they go">
      <Facts
        facts={[
          { name: "Place", value: <Place storage={storage} /> },
          { name: "Last copied", value: backups === undefined ? "…" : <LastCopied at={lastCopiedAt(backups)} /> },
          { name: "Public key", value: <code className="font-mono text-sm break-all">{recipient}</code> },
        ]}
      />
      {onChange === null ? (
        <p className="mt-4 text-muted">An owner can change this.</p>
      ) : (
        <div className="mt-4 flex flex-wrap gap-2">
          <Button onClick={onChange}>{storage.kind === "folder" ? "Change to a storage elsewhere" : "Change"}</Button>
          <StopCopying storage={storage} />
        </div>
      )}
    </Card>
  );
}

function LastCopied({ at }: { at: string | null }) {
  return at === null ? "not yet" : <Time at={at} />;
}

function Place({ storage }: { storage: OffsiteSettings["storage"] }) {
  return (
    <span className="wrap-anywhere">
      {placeWords(storage)}
      {storage.kind === "folder" ? (
        <span className="block text-sm text-muted">It was set up on the server, and is changed there.</span>
      ) : (
        <span className="block text-sm text-muted">
          Region {storage.region}, access key {storage.accessKeyId}
        </span>
      )}
    </span>
  );
}
