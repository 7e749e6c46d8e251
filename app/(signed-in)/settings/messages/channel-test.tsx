"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import type { KnownChannel } from "./channel-form.ts";
import { placeOf } from "./messages-view.ts";

/** Sends a test to a channel as it is saved, and says what came of it; other buttons stand beside. */
export function ChannelTest({ channel, children }: { channel: KnownChannel; children: ReactNode }) {
  const test = useTest();
  const { id, target, events, level } = channel;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          busy={test.isPending}
          aria-label={`Send a test to ${placeOf(target)}`}
          onClick={() => {
            test.mutate({ channel: { id, target, events, level } });
          }}
        >
          {test.isPending ? "Sending…" : "Send a test"}
        </Button>
        {children}
      </div>
      <TestResult test={test} />
    </>
  );
}

/** What came of a test, in words. */
export function TestResult({ test }: { test: ReturnType<typeof useTest> }) {
  if (test.isError) return <ProblemBanner problem={problemOf(test.error)} />;
  if (!test.isSuccess) return null;
  return (
    <AlertBanner tone="good" role="status" title="The test was taken.">
      Look whether it arrived; a mail may take a minute, or lie under junk.
    </AlertBanner>
  );
}

/** The test itself; the log of deliveries has it afterwards, whichever way it ended. */
export function useTest() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return useMutation(
    trpc.messages.test.mutationOptions({
      onSettled: () => queries.invalidateQueries({ queryKey: trpc.messages.deliveries.queryKey() }),
    }),
  );
}
