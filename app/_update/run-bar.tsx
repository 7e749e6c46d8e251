"use client";

import { RefreshCw } from "lucide-react";
import { usePathname } from "next/navigation";
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { Button, LinkButton } from "../_ui/button.tsx";
import { classes } from "../_ui/classes.ts";
import { useNotify } from "../_ui/notify.tsx";
import { TONES } from "../_ui/tone.tsx";
import type { Tone } from "../_ui/tone.tsx";
import { reloadForNewBuild, useNewBuild } from "./build.ts";
import { pageOf, wordsOf } from "./change-words.ts";
import { openDialog, useDialog } from "./desk.ts";
import { outcomeView } from "./outcome-view.ts";
import { isOpen } from "./public-status.ts";
import { dismissRun, isDismissed, subscribeToPutAside } from "./put-aside.ts";
import { barSentence } from "./run-view.ts";
import type { RunState } from "./run-view.ts";
import { usePublicStatus } from "./use-public-status.ts";
import { useRun } from "./use-run.ts";
import { waitingSaves } from "./waiting-saves.ts";

/**
 * The bar at the foot of the window, for everybody signed in: that an update or a restore is under way, that a save waits for it, that this tab is of the
 * version before; for those who steer also that a run did not go well. It lies over the page, so nothing moves when it comes, and the page gets
 * room below so that nothing stays hidden.
 */
export function RunBar({ maySteer }: { maySteer: boolean }) {
  const { status } = usePublicStatus();
  const waiting = useSyncExternalStore(waitingSaves.subscribe, waitingSaves.count, () => 0);
  const newBuild = useNewBuild();

  const progress = maySteer && isOpen(status) ? <ShowProgress run={status.run} /> : null;
  if (waiting > 0) {
    return (
      <Bar
        sentence={`Saving waits for ${status === null ? "the update" : wordsOf(status).name} and goes on by itself in a moment. What you typed is kept.`}
      >
        {progress}
      </Bar>
    );
  }
  if (isOpen(status)) return <Bar sentence={barSentence(status)}>{progress}</Bar>;
  if (newBuild) {
    return (
      <Bar sentence="FilaOps was updated. Reload to get the new version.">
        <Button size="small" variant="primary" onClick={reloadForNewBuild}>
          Reload
        </Button>
      </Bar>
    );
  }
  return maySteer ? <EndedBar /> : null;
}

function ShowProgress({ run }: { run: string }) {
  return (
    <Button
      size="small"
      onClick={() => {
        openDialog({ kind: "run", run, joined: false });
      }}
    >
      Show progress
    </Button>
  );
}

/** What went wrong while nobody watched. What went well shows itself. */
function EndedBar() {
  const run = useRun();
  const page = run === null ? "/settings/updates" : pageOf(run.status);
  const dialog = useDialog();
  const pathname = usePathname();
  const dismissed = useSyncExternalStore(
    subscribeToPutAside,
    () => run !== null && isDismissed(run.status.run),
    () => true,
  );
  if (run === null || dismissed || pathname.startsWith(page) || dialog !== null || !wentWrong(run)) return null;
  const { title, tone } = outcomeView(run, run.status.outcome);
  const id = run.status.run;
  return (
    <Bar sentence={title} tone={tone}>
      <LinkButton size="small" href={page}>
        What to do
      </LinkButton>
      <Button
        size="small"
        variant="quiet"
        onClick={() => {
          dismissRun(id);
        }}
      >
        Got it
      </Button>
    </Bar>
  );
}

type WrongRun = RunState & { status: { outcome: "rolled_back" | "failed" | "needs_attention" } };

function wentWrong(run: RunState): run is WrongRun {
  const { outcome } = run.status;
  return outcome === "rolled_back" || outcome === "failed" || outcome === "needs_attention";
}

function Bar({ sentence, tone = "info", children }: { sentence: string; tone?: Tone; children: ReactNode }) {
  const { announce } = useNotify();
  const { soft, text, border, icon } = TONES[tone];
  const Icon = tone === "info" ? RefreshCw : icon;
  useEffect(() => {
    announce(sentence);
  }, [announce, sentence]);
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const root = document.documentElement.style;
    // Short messages stand above the bar, and the page's end stays reachable.
    root.setProperty("--foot-room", `${bar.current?.offsetHeight ?? 0}px`);
    return () => {
      root.removeProperty("--foot-room");
    };
  }, [sentence]);
  return (
    <section
      ref={bar}
      aria-label="Update"
      className={classes("fixed inset-x-0 bottom-14 z-20 border-t text-ink shadow-box md:bottom-0", soft, border)}
    >
      <div className="mx-auto flex min-h-12 max-w-6xl flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2">
        <Icon aria-hidden="true" className={classes("size-5 shrink-0", text)} />
        <p className="min-w-0 flex-1 basis-52">{sentence}</p>
        {children}
      </div>
    </section>
  );
}
