"use client";

import { usePathname } from "next/navigation";
import { useState, useSyncExternalStore } from "react";
import type { Release } from "../../server/releases/contract.ts";
import type { Overview } from "../../server/updater/contract.ts";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { Button, LinkButton } from "../_ui/button.tsx";
import { openDialog } from "./desk.ts";
import { summaryLines } from "./plan-view.ts";
import { isOpen } from "./public-status.ts";
import { isPutOff, putOff, subscribeToPutAside } from "./put-aside.ts";
import { usePublicStatus } from "./use-public-status.ts";

/** The page that shows all of it; a banner there would say everything twice. */
const PAGE = "/settings/updates";

/**
 * That a release can be installed, for those who can act. It comes and goes with a page, never under the reader's eyes: what is learned
 * while a page is open is shown on the next one.
 */
export function AvailableBanner({ overview }: { overview: Overview | undefined }) {
  const pathname = usePathname();
  const { status } = usePublicStatus();
  const release = overview?.releases.kind === "available" ? overview.releases.release : null;
  const shown = useShownHere(pathname, overview === undefined ? null : wanted(overview, { pathname, running: isOpen(status) }));
  const later = useSyncExternalStore(
    subscribeToPutAside,
    () => shown !== null && isPutOff(shown.version),
    () => false,
  );
  if (shown === null || later) return null;
  return (
    <section aria-label="Update available" className="mx-auto w-full max-w-6xl px-4 pt-4">
      {release === null ? <Installed overview={overview} /> : <Available release={release} />}
    </section>
  );
}

/** The release to tell of on this page; `"none"` when there is nothing to tell. */
function wanted(overview: Overview, at: { pathname: string; running: boolean }): Release | "none" {
  const { releases, failedVersions, chain } = overview;
  if (releases.kind !== "available" || chain?.state === "next") return "none";
  if ([...releases.path, releases.release.version].some((version) => failedVersions.includes(version))) return "none";
  return at.running || at.pathname.startsWith(PAGE) ? "none" : releases.release;
}

/** The banner stays in its place after an update, so that nothing moves; the next page comes without it. */
function Installed({ overview }: { overview: Overview | undefined }) {
  return (
    <AlertBanner
      tone="good"
      title={`FilaOps is now ${overview?.installed.version ?? "up to date"}`}
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

function Available({ release: { version, notes } }: { release: Release }) {
  const { status } = usePublicStatus();
  const running = isOpen(status);
  const [why] = summaryLines(notes, 1);
  return (
    <AlertBanner
      title={`FilaOps ${version} is available`}
      actions={
        <>
          <Button
            variant="primary"
            size="small"
            onClick={() => {
              openDialog(running ? { kind: "run", run: status.run, joined: true } : { kind: "confirm", version });
            }}
          >
            {running ? "Show progress" : "Update now"}
          </Button>
          <LinkButton size="small" href={PAGE}>
            What’s new
          </LinkButton>
          <Button
            variant="quiet"
            size="small"
            onClick={() => {
              putOff(version);
            }}
          >
            Later
          </Button>
        </>
      }
    >
      {why === undefined ? undefined : <p>{why}</p>}
    </AlertBanner>
  );
}

/** The first known wish on each page; what comes later waits for the next page. */
function useShownHere(pathname: string, wish: Release | "none" | null): Release | null {
  const [latch, setLatch] = useState({ pathname, wish });
  if (latch.pathname !== pathname || (latch.wish === null && wish !== null)) setLatch({ pathname, wish });
  return latch.pathname === pathname && latch.wish !== null && latch.wish !== "none" ? latch.wish : null;
}
