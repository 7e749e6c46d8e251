"use client";

import { usePathname } from "next/navigation";
import { useState } from "react";
import type { NagState } from "../../server/nag/contract.ts";
import type { Overview } from "../../server/updater/contract.ts";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { Button, LinkButton } from "../_ui/button.tsx";
import { AnnouncedBanner } from "./announced-banner.tsx";
import { plannedSentence } from "./automatic-words.ts";
import { openDialog } from "./desk.ts";
import { NagText } from "./nag-text.tsx";
import type { NagView } from "./nag-view.ts";
import { closeWords, nagView } from "./nag-view.ts";
import { NotTonight } from "./not-tonight.tsx";
import { summaryLines } from "./plan-view.ts";
import { isOpen } from "./public-status.ts";
import { usePutAway } from "./use-nag.ts";
import { usePublicStatus } from "./use-public-status.ts";

/** The page that shows all of it; a banner there would say everything twice. */
const PAGE = "/settings/updates";

/** What is told: the words, and the version that the reader puts away with them. */
type Told = { view: NagView; newest: string; closeHours: number | null; offered: string | null; installed: string | undefined };

/**
 * Releases that were missed, for those who can act. It comes and goes with a page, never under the reader's eyes: what is learned while a page is
 * open is shown on the next one, and what was put away on another device is gone there.
 */
export function AvailableBanner({ overview, nag }: { overview: Overview | undefined; nag: NagState | undefined }) {
  const pathname = usePathname();
  const { status } = usePublicStatus();
  const wish = wanted({ overview, nag }, { pathname, running: isOpen(status) });
  const [told, putAway] = useShownHere(pathname, wish);
  const [isAnnounced] = useShownHere(pathname, announcedHere(overview, { pathname, running: isOpen(status) }));
  // Its words are those of now: the reader may have pressed “Not tonight” on this very page.
  const automatic = isAnnounced === null ? undefined : overview?.automatic;
  if (told === null) return automatic === undefined ? null : <AnnouncedBanner automatic={automatic} page={PAGE} />;
  const installed = overview?.installed.version;
  const updated = told.installed !== undefined && installed !== told.installed;
  return (
    <section aria-label="Update available" className="mx-auto w-full max-w-6xl px-4 pt-4">
      {updated ? <Installed version={installed} /> : <Available told={told} automatic={automatic} onPutAway={putAway} />}
    </section>
  );
}

type Known = { overview: Overview | undefined; nag: NagState | undefined };

/** What to tell on this page: `"none"` when there is nothing to tell, `null` when that is not known yet. */
function wanted({ overview, nag }: Known, at: { pathname: string; running: boolean }): Told | "none" | null {
  if (nag === undefined) return null;
  // Between two steps of a path it goes on by itself.
  if (overview?.chain?.state === "next") return "none";
  const { notice, offered } = nag;
  if (notice.newest === null || notice.hidden !== null || at.running || at.pathname.startsWith(PAGE)) return "none";
  const view = nagView(nag, whyOf(overview));
  return view === null
    ? "none"
    : { view, newest: notice.newest, closeHours: notice.closeHours, offered, installed: overview?.installed.version };
}

/** Whether to tell on this page what is to be installed by itself; `null` when that is not known yet. */
function announcedHere(overview: Overview | undefined, at: { pathname: string; running: boolean }): "announced" | "none" | null {
  if (overview === undefined) return null;
  const planned = overview.automatic === undefined ? null : plannedSentence(overview.automatic);
  return planned === null || at.running || at.pathname.startsWith(PAGE) ? "none" : "announced";
}

function whyOf(overview: Overview | undefined): string | null {
  const notes = overview?.releases.kind === "available" ? overview.releases.release.notes : "";
  return summaryLines(notes, 1)[0] ?? null;
}

/** The banner stays in its place after an update, so that nothing moves; the next page comes without it. */
function Installed({ version }: { version: string | undefined }) {
  return (
    <AlertBanner
      tone="good"
      title={`FilaOps is now ${version ?? "up to date"}`}
      actions={
        <LinkButton size="small" href={PAGE}>
          What’s new
        </LinkButton>
      }
    >
      <p>Everything you saved is here.</p>
    </AlertBanner>
  );
}

type Shown = { told: Told; automatic: Overview["automatic"]; onPutAway: () => void };

function Available({ told, automatic, onPutAway }: Shown) {
  const putAway = usePutAway();
  const { view, newest, closeHours, offered } = told;
  const put = (kind: "later" | "closed") => {
    onPutAway();
    putAway(newest, kind);
  };
  const close = closeWords(closeHours);
  return (
    <AlertBanner
      tone={view.tone}
      title={view.title}
      {...(close === null
        ? {}
        : {
            close: {
              label: close,
              onClick: () => {
                put("closed");
              },
            },
          })}
      actions={
        <>
          {view.act === "update" && offered !== null ? <UpdateNow version={offered} /> : null}
          <LinkButton size="small" href={PAGE} {...(view.act === "look" ? { variant: "primary" } : {})}>
            {view.act === "look" ? "See what to do" : "What’s new"}
          </LinkButton>
          {automatic === undefined ? null : <NotTonight automatic={automatic} />}
          <Button
            variant="quiet"
            size="small"
            onClick={() => {
              put("later");
            }}
          >
            Later
          </Button>
        </>
      }
    >
      <NagText view={view} />
      {automatic === undefined ? null : <p className="font-medium">{plannedSentence(automatic)}</p>}
    </AlertBanner>
  );
}

function UpdateNow({ version }: { version: string }) {
  const { status } = usePublicStatus();
  const running = isOpen(status);
  return (
    <Button
      variant="primary"
      size="small"
      onClick={() => {
        openDialog(running ? { kind: "run", run: status.run, joined: true } : { kind: "confirm", version });
      }}
    >
      {running ? "Show progress" : "Update now"}
    </Button>
  );
}

/** The first known wish on each page, until the reader puts it away; what comes later waits for the next page. */
function useShownHere<T extends object | string>(pathname: string, wish: T | "none" | null): [T | null, () => void] {
  const [latch, setLatch] = useState<{ pathname: string; wish: T | "none" | null }>({ pathname, wish });
  const isNew = latch.pathname !== pathname || (latch.wish === null && wish !== null);
  if (isNew) setLatch({ pathname, wish });
  const shown = !isNew && latch.wish !== "none" ? latch.wish : null;
  return [
    shown,
    () => {
      setLatch({ pathname, wish: "none" });
    },
  ];
}
