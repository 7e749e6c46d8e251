"use client";

import { useState } from "react";
import type { PublicStatus } from "../../server/updates/contract.ts";
import type { PublicStatusView } from "./public-status.ts";
import { usePublicStatus } from "./use-public-status.ts";

/** Whether all sessions ended (a restore, or its undo) since `first` was known. A page that was loaded after that has a session of its own. */
export function endedSince(first: PublicStatus | null, now: PublicStatus | null): boolean {
  if (now?.outcome !== "complete" || !now.endsSessions) return false;
  return first?.run !== now.run || first.outcome === null;
}

/** Whether all sessions ended while this tab looked on. */
export function useSessionsEnded(): boolean {
  const view = usePublicStatus();
  const [first, setFirst] = useState<PublicStatusView | null>(null);
  if (first === null && view.known) setFirst(view);
  return first !== null && endedSince(first.status, view.status);
}
