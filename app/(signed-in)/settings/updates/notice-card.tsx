"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Cap } from "../../../../server/nag/contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { problemOf } from "../../../_client/problem.ts";
import { includesRole } from "../../../_client/roles.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { useSaved } from "../../../_client/use-saved.ts";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { Dialog } from "../../../_ui/dialog.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { useNag } from "../../../_update/use-nag.ts";
import { CapForm } from "./cap-form.tsx";
import { capWords, dayWords } from "./cap-view.ts";

/** How owners and admins are told of updates, and the owner's way to have that held back for a while. */
export function NoticeCard() {
  const nag = useNag();
  const isOwner = includesRole(useFarm().me.role, "owner");
  const [open, setOpen] = useState(false);
  if (nag === undefined) return null;
  const { cap } = nag;
  return (
    <Card
      title="How you are told"
      action={
        isOwner ? (
          <Dialog
            title="Hold notices back"
            open={open}
            onOpenChange={setOpen}
            trigger={<Button size="small">{cap === null ? "Hold back" : "Change"}</Button>}
          >
            <CapForm
              cap={cap}
              onSaved={() => {
                setOpen(false);
              }}
            />
          </Dialog>
        ) : undefined
      }
    >
      <div className="space-y-2">
        <p>
          Owners and admins see a notice when a newer version is there: a quiet word in the first week, clearer after 8, 31 and 61
          days. Nobody else sees any.
        </p>
        {cap === null ? null : <Held cap={cap} isOwner={isOwner} />}
      </div>
    </Card>
  );
}

function Held({ cap, isOwner }: { cap: Cap; isOwner: boolean }) {
  const trpc = useTRPC();
  const saved = useSaved();
  const change = useMutation(
    trpc.nag.setCap.mutationOptions({
      onSuccess: () => saved({ changed: [trpc.nag.state.queryKey()], say: "You are told as usual again." }),
    }),
  );
  return (
    <>
      <p className="font-medium">
        Until {dayWords(cap.until)} you are told {capWords(cap.level)}. {cap.by}: “{cap.reason}”
      </p>
      <p className="text-muted">A release that closes a security hole is told all the same.</p>
      {change.error === null ? null : <ProblemBanner problem={problemOf(change.error)} />}
      {isOwner ? (
        <Button
          size="small"
          busy={change.isPending}
          onClick={() => {
            change.mutate({ cap: null });
          }}
        >
          Tell as usual again
        </Button>
      ) : null}
    </>
  );
}
