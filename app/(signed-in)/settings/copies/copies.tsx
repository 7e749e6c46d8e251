"use client";

import { useQuery } from "@tanstack/react-query";
import { CloudUpload } from "lucide-react";
import { useState } from "react";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { SetUp } from "./set-up.tsx";
import { Standing } from "./standing.tsx";

/** Settings → Copies elsewhere: why, the set-up, and then what lies where. */
export function Copies() {
  const offsite = useQuery(useTRPC().backups.offsite.queryOptions());
  const [settingUp, setSettingUp] = useState(false);
  if (offsite.isPending) return <ListSkeleton label="Loading where backups are copied to" rows={4} />;
  if (offsite.data === undefined) return <LoadProblem error={offsite.error} onAgain={() => void offsite.refetch()} />;
  const { settings } = offsite.data;
  const begin = () => {
    setSettingUp(true);
  };
  if (settingUp) {
    return (
      <SetUp
        known={settings}
        onDone={() => {
          setSettingUp(false);
        }}
      />
    );
  }
  return settings === null ? <Why onBegin={begin} /> : <Standing settings={settings} onChange={begin} />;
}

function Why({ onBegin }: { onBegin: () => void }) {
  return (
    <EmptyState
      icon={CloudUpload}
      title="Your backups lie on this computer only"
      action={
        <Button variant="primary" onClick={onBegin}>
          Set up copies
        </Button>
      }
    >
      <p>
        If this computer breaks, burns or is stolen, its backups go with it. FilaOps can put a copy of each somewhere else,
        encrypted so that only you can read it. You need some storage at a provider, of the kind that is called S3-compatible.
      </p>
    </EmptyState>
  );
}
