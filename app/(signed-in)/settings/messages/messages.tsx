"use client";

import { useQuery } from "@tanstack/react-query";
import { useFarm } from "../../../_client/farm.tsx";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { includesRole } from "../../../_client/roles.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { Channels } from "./channels.tsx";
import { Deliveries } from "./deliveries.tsx";
import { QuietCard } from "./quiet-card.tsx";

/** Settings → Messages: who is told, when not, and what was told. What an admin may only look at, an owner may change. */
export function Messages() {
  const query = useQuery(useTRPC().messages.get.queryOptions());
  const isOwner = includesRole(useFarm().me.role, "owner");
  if (query.isPending) return <ListSkeleton label="Loading where messages go" rows={4} />;
  if (query.isError) return <LoadProblem error={query.error} onAgain={() => void query.refetch()} />;
  const { channels, quiet } = query.data;
  return (
    <div className="space-y-6">
      <Channels channels={channels} isOwner={isOwner} />
      {channels.length === 0 ? null : <QuietCard quiet={quiet} isOwner={isOwner} />}
      <Deliveries showsEmpty={channels.length > 0} />
    </div>
  );
}
