import { cache } from "react";
import type { Overview } from "../../server/updater/contract.ts";
import { serverCaller } from "../_server/caller.ts";

/** A page does not wait longer than this for the updater: the notices then come a little later, as they do after a restart. */
const PATIENCE_MS = 700;

/**
 * What the updater knows, for the page that is being rendered; `undefined` when it does not answer soon, which is no reason to show no page: the
 * browser asks again. One answer for the whole render, so that all parts of the page agree.
 */
export const knownOverview = cache(async (): Promise<Overview | undefined> => {
  const caller = await serverCaller();
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  return Promise.race([caller.updates.overview().catch(() => undefined), patience]);
});
