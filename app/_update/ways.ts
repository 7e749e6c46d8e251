import { openDialog } from "./desk.ts";

/** The ways out of an update that breaks something, besides updating and leaving it. A way that is not there is not shown. */
type Ways = {
  /** The page on which the data is exported. */
  exportPage: string | null;
  /** Asks whether to begin with an empty database; for owners. */
  startFresh: ((version: string) => void) | null;
};

export const WAYS: Ways = {
  exportPage: "/settings/data",
  startFresh: (version) => {
    openDialog({ kind: "start-fresh", version });
  },
};
