"use client";

import { useSyncExternalStore } from "react";
import { publicStatus } from "./public-status.ts";
import type { PublicStatusView } from "./public-status.ts";

const unknown: PublicStatusView = { status: null, known: false, quiet: false };

/** The public status of the last run, kept up to date through restarts of the app and of the gate; all users of the hook share one connection. */
export function usePublicStatus(): PublicStatusView {
  return useSyncExternalStore(publicStatus.subscribe, publicStatus.get, () => unknown);
}
