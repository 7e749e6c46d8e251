"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { OffsiteSettings } from "../../../../server/offsite/contract.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Card, Facts } from "../../../_ui/card.tsx";
import { Time } from "../../../_ui/time.tsx";
import { CopiesThere } from "./copies-there.tsx";
import { jobView, lackingWords, lastCopiedAt, newestCopy, storageWords } from "./copies-view.ts";
import { Copying } from "./copying.tsx";
import { StopCopying } from "./stop-copying.tsx";

/** A copying is followed closely; otherwise one may have begun by itself. */
const DURING_JOB_MS = 1000;
const USUALLY_MS = 20_000;

/** What is set up, how it goes, and what lies there. A storage that does not answer takes only its list away. */
export function Standing({ settings, onChange }: { settings: OffsiteSettings; onChange: () => void }) {
  const trpc = useTRPC();
  const overview = useQuery({
    ...trpc.backups.overview.queryOptions(),
    refetchInterval: ({ state }) => (state.data?.job?.outcome === null ? DURING_JOB_MS : USUALLY_MS),
  });
  // A problem of the storage is an answer: asking again at once only makes the reader wait for it.
  const copies = useQuery({ ...trpc.backups.offsiteCopies.queryOptions(), retry: false, staleTime: 60_000 });
  const job = jobView(overview.data?.job ?? null);
  useCopiesAfter(job.kind === "ended" ? job.at : null, copies.refetch);
  const there = copies.data?.copies;
  const backups = overview.data?.backups;
  return (
    <div className="space-y-5">
      <Card title="How your copies stand">
        <div className="space-y-4">
          <Newest madeAt={there === undefined ? undefined : (newestCopy(there)?.madeAt ?? null)} />
          {there === undefined || backups === undefined ? null : <Lacking text={lackingWords(backups, there)} />}
          <Copying view={job} />
        </div>
      </Card>
      <CopiesThere query={copies} />
      <Where settings={settings} lastAt={backups === undefined ? undefined : lastCopiedAt(backups)} onChange={onChange} />
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

function Newest({ madeAt }: { madeAt: string | null | undefined }) {
  if (madeAt === undefined) return null;
  if (madeAt === null) return <p className="font-medium">Nothing was copied there yet.</p>;
  return (
    <p className="font-medium">
      Your newest copy is of the backup that was made <Time at={madeAt} />.
    </p>
  );
}

function Lacking({ text }: { text: string | null }) {
  return <p className="text-muted">{text ?? "Every backup that is kept here lies there as well."}</p>;
}

function Where({
  settings: { storage, recipient },
  lastAt,
  onChange,
}: {
  settings: OffsiteSettings;
  lastAt: string | null | undefined;
  onChange: () => void;
}) {
  return (
    <Card title="Where they go">
      <Facts
        facts={[
          { name: "Place", value: <Place storage={storage} /> },
          { name: "Last copied", value: lastAt === undefined ? "…" : lastAt === null ? "not yet" : <Time at={lastAt} /> },
          { name: "Public key", value: <code className="font-mono text-sm break-all">{recipient}</code> },
        ]}
      />
      <div className="mt-4 flex flex-wrap gap-2">
        <Button onClick={onChange}>{storage.kind === "folder" ? "Change to a storage elsewhere" : "Change"}</Button>
        <StopCopying storage={storage} />
      </div>
    </Card>
  );
}

function Place({ storage }: { storage: OffsiteSettings["storage"] }) {
  const words = storageWords(storage);
  return (
    <span className="wrap-anywhere">
      {words.slice(0, 1).toUpperCase() + words.slice(1)}
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
