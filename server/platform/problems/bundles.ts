import type { Explain } from "./explain.ts";

const STAYS = "It is not offered. You stay on your version, and your data is untouched.";

/** Problems of release bundles: files that bring a release to a computer without internet. */
export const bundlesProblems = {
  "bundle-refused": (d: { reason: string }) => ({
    happened: `This is not a release bundle that can be used: ${d.reason}.`,
    meaning: STAYS,
    todo: "If it is still being copied, wait until that is done. Otherwise get it anew from where FilaOps' releases are published.",
  }),
  "bundle-differs": (d: { version: string; what: string }) => ({
    happened: `What the bundle of release ${d.version} holds is not what was signed: ${d.what}.`,
    meaning: STAYS,
    todo: "It may have been damaged on its way: get it anew. If it stays so, somebody may have tampered with it: report it.",
  }),
  "bundle-not-for-here": (d: { version: string; needs: string }) => ({
    happened: `The bundle of release ${d.version} does not hold what this installation needs: ${d.needs}.`,
    meaning: STAYS,
    todo: "Get the bundle that is for an installation like this one.",
  }),
  "bundle-doubled": (d: { version: string; name: string }) => ({
    happened: `Release ${d.version} is here already, in the bundle ${d.name}.`,
    meaning: "That one is used, and this one is not.",
    todo: "Remove one of the two.",
  }),
  "bundle-gone": (d: { version: string }) => ({
    happened: `The bundle of release ${d.version} is not here any more.`,
    meaning: "Without it there is nothing to install. Your data is untouched.",
    todo: "Upload it again under Settings → Updates, or put it back into the folder `bundles` of FilaOps' home, then try again.",
  }),
} satisfies Record<string, Explain<never>>;
