"use client";

import { useMutation } from "@tanstack/react-query";
import type { BundleItem } from "../../../../server/releases/bundle-contract.ts";
import { Question } from "../../../_client/ask-first.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useSaved } from "../../../_client/use-saved.ts";
import { removalWords } from "./bundle-view.ts";

/** Removes a bundle's file, after asking. */
export function RemoveBundle({ bundle, onClose }: { bundle: BundleItem; onClose: () => void }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const remove = useMutation(
    trpc.updates.removeBundle.mutationOptions({
      onSuccess: async () => {
        const changed = [trpc.updates.bundles.queryKey(), trpc.updates.overview.queryKey(), trpc.nag.state.queryKey()];
        await saved({ changed, say: "The bundle was removed." });
      },
    }),
  );
  const title = bundle.version === null ? "Remove this bundle?" : `Remove the bundle of ${bundle.version}?`;
  return (
    <Question
      title={title}
      description={removalWords(bundle)}
      act={["Remove bundle", "Removing…"]}
      mutation={remove}
      input={{ name: bundle.name }}
      onClose={onClose}
    />
  );
}
