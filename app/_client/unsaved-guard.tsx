"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "../_ui/button.tsx";
import { Dialog, DialogActions } from "../_ui/dialog.tsx";

/**
 * Asks before what was typed gets lost: on a click on a link, on the way back where the browser lets us ask, and (with the browser's own
 * words) when the tab is closed or reloaded.
 */
export function UnsavedGuard({ when }: { when: boolean }) {
  const router = useRouter();
  const [leave, setLeave] = useState<(() => void) | null>(null);

  useEffect(() => {
    if (!when) return undefined;
    const ask = (how: () => void) => {
      setLeave(() => how);
    };
    const onUnload = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      const address = addressOfClick(event);
      if (address === null) return;
      event.preventDefault();
      event.stopPropagation();
      ask(() => {
        router.push(address);
      });
    };
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, { capture: true });
    const stopWatchingBack = watchBack(ask);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
      stopWatchingBack();
    };
  }, [when, router]);

  return (
    <Dialog
      title="Leave without saving?"
      description="What you changed on this page is not saved yet."
      open={leave !== null}
      onOpenChange={(open) => {
        if (!open) setLeave(null);
      }}
    >
      <DialogActions>
        <Button
          variant="primary"
          onClick={() => {
            setLeave(null);
          }}
        >
          Stay on this page
        </Button>
        <Button
          variant="danger"
          onClick={() => {
            setLeave(null);
            leave?.();
          }}
        >
          Leave without saving
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** Where a plain click on a link of ours would lead; `null` for everything else. */
function addressOfClick(event: MouseEvent): string | null {
  const opensElsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (opensElsewhere || event.defaultPrevented || !(link instanceof HTMLAnchorElement)) return null;
  return leavesPage(link) ? `${link.pathname}${link.search}${link.hash}` : null;
}

function leavesPage(link: HTMLAnchorElement): boolean {
  if (link.target === "_blank" || link.origin !== window.location.origin) return false;
  return link.pathname !== window.location.pathname || link.hash === "";
}

/** Stops the browser's Back and Forward where it can be stopped, and asks. */
function watchBack(ask: (how: () => void) => void): () => void {
  if (!("navigation" in window)) return () => undefined;
  let leaving = false;
  const onNavigate = (event: NavigateEvent) => {
    if (leaving || event.navigationType !== "traverse" || !event.cancelable) return;
    event.preventDefault();
    const { key } = event.destination;
    ask(() => {
      leaving = true;
      window.navigation.traverseTo(key);
    });
  };
  window.navigation.addEventListener("navigate", onNavigate);
  return () => {
    window.navigation.removeEventListener("navigate", onNavigate);
  };
}
