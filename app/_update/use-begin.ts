"use client";

import { useState } from "react";
import { openDialog } from "./desk.ts";
import { newKey } from "./new-key.ts";
import { publicStatus } from "./public-status.ts";

/**
 * For a form that begins a run: the key of this act, and what follows its answer, for `mutate`. When it has begun, `onBegun` is called and its progress is
 * shown. A refusal was an answer, a wrong password's too: the next try is another act.
 */
export function useBegin(onBegun: () => void) {
  const [idempotencyKey, setKey] = useState(newKey);
  return {
    idempotencyKey,
    follow: {
      onSuccess: ({ run, joined }: { run: string; joined: boolean }) => {
        publicStatus.refresh();
        onBegun();
        openDialog({ kind: "run", run, joined });
      },
      onError: () => {
        setKey(newKey());
      },
    },
  };
}
