"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Sparkles } from "lucide-react";
import { useState } from "react";
import { SAMPLE_SIZE } from "../../../../server/samples/contract.ts";
import { useFarm } from "../../../_client/farm.tsx";
import { problemOf } from "../../../_client/problem.ts";
import { includesRole } from "../../../_client/roles.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Dialog, DialogActions, DialogClose } from "../../../_ui/dialog.tsx";
import { EmptyState } from "../../../_ui/empty-state.tsx";
import { useNotify } from "../../../_ui/notify.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";

const WHAT = `${SAMPLE_SIZE.customers} customers, ${SAMPLE_SIZE.items} items and ${SAMPLE_SIZE.orders} orders`;

/** Offers to fill an installation in which nothing was entered yet, to those who may; nothing otherwise. */
export function SampleOffer({ title }: { title: string }) {
  const mayAdd = includesRole(useFarm().me.role, "admin");
  const state = useQuery({ ...useTRPC().samples.state.queryOptions(), enabled: mayAdd });
  if (state.data?.empty !== true) return null;
  return (
    <EmptyState icon={Sparkles} title={title} action={<AddSamples />}>
      FilaOps can fill itself with an invented print farm: {WHAT}.
    </EmptyState>
  );
}

function AddSamples() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { notify } = useNotify();
  const [open, setOpen] = useState(false);
  const add = useMutation(
    trpc.samples.add.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        notify(`Sample data was added: ${WHAT}.`);
        await queries.invalidateQueries();
      },
    }),
  );
  return (
    <Dialog
      title="Try FilaOps with sample data?"
      description={`${WHAT} are added, which look like your own. FilaOps does not take them out again by itself: when you want to begin in earnest, restore a backup from before, or install it anew.`}
      open={open}
      onOpenChange={setOpen}
      trigger={<Button>Try it with sample data</Button>}
    >
      {add.isError ? <ProblemBanner problem={problemOf(add.error)} /> : null}
      <DialogActions>
        <Button
          variant="primary"
          busy={add.isPending}
          onClick={() => {
            add.mutate();
          }}
        >
          {add.isPending ? "Adding…" : "Add sample data"}
        </Button>
        <DialogClose>
          <Button>Cancel</Button>
        </DialogClose>
      </DialogActions>
    </Dialog>
  );
}
