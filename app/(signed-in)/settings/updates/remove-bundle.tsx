"use client";

import { useMutation } from "@tanstack/react-query";
import type { BundleItem } from "../../../../server/releases/bundle-contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Dialog, DialogActions } from "../../../_ui/dialog.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { removalWords } from "./bundle-view.ts";

/** Removes a bundle's file, after asking. */
export function RemoveBundle({ bundle, onClose }: { bundle: BundleItem; onClose: () => void }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const remove = useMutation(
    trpc.updates.removeBundle.mutationOptions({
      onSuccess: async () => {
        onClose();
        const changed = [trpc.updates.bundles.queryKey(), trpc.updates.overview.queryKey(), trpc.nag.state.queryKey()];
        await saved({ changed, say: "The bundle was removed." });
      },
    }),
  );
  const title = bundle.version === null ? "Remove this bundle?" : `Remove the bundle of ${bundle.version}?`;
  return (
    <Dialog title={title} description={removalWords(bundle)} open onOpenChange={onClose}>
      {remove.isError ? <ProblemBanner problem={problemOf(remove.error)} /> : null}
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          Keep it
        </Button>
        <Button
          variant="danger"
          busy={remove.isPending}
          onClick={() => {
            remove.mutate({ name: bundle.name });
          }}
        >
          {remove.isPending ? "Removing…" : "Remove bundle"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
