/**
 * How many saves of this tab wait for an update, for the notice "Saving waits for the update". A plain external store: the link of tRPC
 * writes it, React reads it.
 */
export type WaitingSaves = {
  /** Marks one save as waiting; the answer ends it. Calling the end twice does no harm. */
  begin: () => () => void;
  /** How many saves wait now. */
  count: () => number;
  subscribe: (listener: () => void) => () => void;
};

/** A store of its own, as tests need it; pages share `waitingSaves`. */
export function createWaitingSaves(): WaitingSaves {
  let count = 0;
  const listeners = new Set<() => void>();
  const change = (by: 1 | -1) => {
    count += by;
    for (const listener of listeners) listener();
  };
  return {
    begin() {
      let open = true;
      change(1);
      return () => {
        if (open) change(-1);
        open = false;
      };
    },
    count: () => count,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The waiting saves of this tab. */
export const waitingSaves = createWaitingSaves();
