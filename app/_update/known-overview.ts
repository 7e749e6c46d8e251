import { cache } from "react";
import type { NagState } from "../../server/nag/contract.ts";
import type { Bundles } from "../../server/releases/bundle-contract.ts";
import type { Overview } from "../../server/updater/contract.ts";
import { serverCaller } from "../_server/caller.ts";

/** A page does not wait longer than this for the updater: the notices then come a little later, as they do after a restart. */
const PATIENCE_MS = 700;

/**
 * What the updater knows, for the page that is being rendered; `undefined` when it does not answer soon, which is no reason to show no page: the
 * browser asks again. One answer for the whole render, so that all parts of the page agree.
 */
export const knownOverview = cache(async (): Promise<Overview | undefined> => soon((await serverCaller()).updates.overview()));

/** What the reader is told of missed releases, in the same way. */
export const knownNag = cache(async (): Promise<NagState | undefined> => soon((await serverCaller()).nag.state()));

/** Which releases were brought here by hand. */
export const knownBundles = cache(async (): Promise<Bundles | undefined> => soon((await serverCaller()).updates.bundles()));

function soon<T>(answer: Promise<T>): Promise<T | undefined> {
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  return Promise.race([answer.catch(() => undefined), patience]);
}
