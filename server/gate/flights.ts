import type { Clock } from "../platform/clock.ts";
import type { DrainAnswer, DrainRequest, GateReport, GateTarget } from "./contract.ts";

/** A request that is with the app: from the moment it was let through until its answer has ended. */
export type Flight = {
  kind: keyof GateReport["inFlight"];
  readonly target: GateTarget;
  /** Of the state that let it through. */
  readonly epoch: number;
  /** Whether its answer has begun to go to the client; until then a read can be taken back and asked again. */
  answered: boolean;
  /** Whether nobody waits for it: where saving pauses it is ended, and its client sends it again. */
  readonly isUpload: boolean;
  /** Ends the try. Set by whoever sends the request. */
  abort: () => void;
  /** Ends an event stream with a hint when to come back. Set once the stream has begun. */
  closeStream: (() => void) | null;
};

/** Keeps count of what is with the app. */
export function createFlights(clock: Clock) {
  const all = new Set<Flight>();
  const waiting = new Set<() => void>();
  let lastWriteAt = clock.now();

  const pick = (wanted: (flight: Flight) => boolean) => [...all].filter(wanted);
  const count = (kind: Flight["kind"]) => pick((flight) => flight.kind === kind).length;
  const noteWrite = ({ kind }: Flight) => {
    if (kind === "writes") lastWriteAt = clock.now();
  };
  const remaining = (what: DrainRequest["what"]) => count("writes") + (what === "all" ? count("reads") : 0);

  const flights = {
    begin: (begun: Pick<Flight, "kind" | "target" | "epoch"> & { isUpload?: boolean }): Flight => {
      const flight: Flight = { isUpload: false, ...begun, answered: false, abort: () => undefined, closeStream: null };
      all.add(flight);
      noteWrite(flight);
      return flight;
    },
    /** The request is no longer with the app; saying so twice is fine. */
    end: (flight: Flight) => {
      if (all.delete(flight)) noteWrite(flight);
      for (const look of [...waiting]) look();
    },
    counts: (): GateReport["inFlight"] => ({ reads: count("reads"), writes: count("writes"), streams: count("streams") }),
    /** When a write last began or ended; one that is under way goes on now. */
    lastWriteAt: (): Date => (count("writes") > 0 ? clock.now() : lastWriteAt),
    /** Takes back reads (and streams) that have no answer yet; whoever sent them asks again. */
    takeBack: (wanted: (flight: Flight) => boolean) => {
      for (const flight of pick((one) => one.kind !== "writes" && !one.answered && wanted(one))) {
        flight.abort();
        flights.end(flight);
      }
    },
    closeStreams: (wanted: (flight: Flight) => boolean) => {
      for (const flight of pick((one) => one.kind === "streams" && wanted(one))) {
        if (flight.closeStream === null) flight.abort();
        else flight.closeStream();
      }
    },
    /**
     * Waits until nothing of the kind is with the app, or the time is over. Writes that were let through before the mode changed are in the
     * count: both happen in one turn of the loop each. Uploads are ended: over a thin line one takes minutes.
     */
    drain: async ({ what, timeoutMs }: DrainRequest): Promise<DrainAnswer> => {
      const over = new AbortController();
      const look = () => {
        if (remaining(what) === 0) over.abort();
      };
      if (what === "all") flights.closeStreams(() => true);
      for (const flight of pick((one) => one.isUpload && !one.answered)) flight.abort();
      waiting.add(look);
      look();
      try {
        await clock.sleep(timeoutMs, over.signal).catch(() => undefined);
      } finally {
        waiting.delete(look);
      }
      return { drained: remaining(what) === 0, remaining: remaining(what) };
    },
  };
  return flights;
}

export type Flights = ReturnType<typeof createFlights>;
