import { useSyncExternalStore } from "react";
import { BUILD_HEADER } from "../../server/trpc/contract.ts";

/** A build for which this tab was reloaded already. If the page is still old after that, a second reload will not help either. */
const RELOADED_FOR = "filaops.update.reloaded-for";

/** Knows the build of the page and that of the last answer; says once that they differ. */
export function createBuildWatch(memory: Pick<Storage, "getItem" | "setItem">) {
  let page: string | null = null;
  let server: string | null = null;
  const listeners = new Set<() => void>();
  return {
    /** The first build that is told is the page's own, unless the page says which it is. */
    tell(build: string): void {
      page ??= build;
      if (server === build) return;
      server = build;
      for (const listener of listeners) listener();
    },
    pageIs(build: string): void {
      page = build;
    },
    /** Whether to offer a reload. */
    offer: (): boolean => server !== null && page !== null && server !== page && memory.getItem(RELOADED_FOR) !== server,
    /** To be called when the page goes for the reload that was offered. */
    accepted: (): void => {
      if (server !== null) memory.setItem(RELOADED_FOR, server);
    },
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const nowhere: Pick<Storage, "getItem" | "setItem"> = { getItem: () => null, setItem: () => undefined };
const watch = createBuildWatch(typeof sessionStorage === "undefined" ? nowhere : sessionStorage);

/** Reads the build off an answer of the app, whatever it was an answer to. */
export function noteBuild(response: Response): Response {
  const build = response.headers.get(BUILD_HEADER);
  if (build !== null && build !== "") watch.tell(build);
  return response;
}

/** A `fetch` that notices which build answers. */
export async function buildNotingFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  return noteBuild(await fetch(input, init));
}

/** Whether FilaOps was updated under this tab and the reader shall be offered a reload. */
export function useNewBuild(): boolean {
  return useSyncExternalStore(watch.subscribe, watch.offer, () => false);
}

/** Says which build made the page, when the page knows it. */
export function pageBuild(build: string): void {
  watch.pageIs(build);
}

/** Loads the page anew. The browser asks first where a form holds text that is not saved. */
export function reloadForNewBuild(): void {
  // Only when the page really goes: at the browser's question the reader may stay.
  window.addEventListener("pagehide", watch.accepted, { once: true });
  window.location.reload();
}
