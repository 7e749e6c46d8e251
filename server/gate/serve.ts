import type { Clock } from "../platform/clock.ts";
import { bufferBody, discardRest, hasBody, relayBody } from "./body.ts";
import type { GateTarget } from "./contract.ts";
import type { Exchange } from "./exchange.ts";
import type { Flights } from "./flights.ts";
import type { Holds } from "./hold.ts";
import type { Pools } from "./pools.ts";
import { forward } from "./proxy.ts";
import type { Outcome } from "./proxy.ts";
import { refuse, refusePlainly } from "./refuse.ts";
import { isUpload } from "./rules/classify.ts";
import { clientAddress } from "./rules/client-address.ts";
import { requestHeaders } from "./rules/headers.ts";
import { backOffMs, judgeAnswer, route } from "./rules/route.ts";
import type { StateStore } from "./state.ts";

/** What a read may carry and still be asked again. */
const MOST_REPLAYED_BYTES = 1024 * 1024;
/** How much of an answer of a release that is being watched is kept back until it is whole: more than any page of the app. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;
/** How long a release that is being watched may take to answer. */
const OBSERVE_ANSWER_MS = 2000;

export type ServeWorld = {
  clock: Clock;
  state: StateStore;
  flights: Flights;
  holds: Holds;
  pools: Pools;
  /** How people reach us: TLS ends before the gate. */
  proto: "http" | "https";
  /** Whether a reverse proxy of the operator has this address: then what it says of its client is believed. */
  isTrustedProxy: (address: string) => boolean;
  /** Counts a read that the current target could not answer. */
  countUnanswered: () => void;
  /** The page for a person, the reason in JSON for a program. */
  showPage: (exchange: Exchange) => void;
};

/** Serves a read or an event stream: asks the app of the state that is then current, again and again, until it answers or the patience is over. */
export async function serveRead(world: ServeWorld, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const body = hasBody(request) ? await readSmallBody(exchange) : null;
  if (body === "too-large") {
    refusePlainly(request, response, 413);
    return;
  }
  let failed = 0;
  while (!exchange.gone.aborted) {
    const way = route("read", world.state.current().state);
    if (way.to === "app") {
      const outcome = await attemptRead(world, exchange, { target: way.target, body });
      if (outcome === "answered") return;
      if (outcome === "malformed") {
        refusePlainly(request, response, 400);
        return;
      }
      failed += 1;
    }
    const waited = way.to === "page" ? "no" : await world.holds.wait(exchange, way.to === "app" ? backOffMs(failed) : undefined);
    if (waited === "again") continue;
    world.showPage(exchange);
    return;
  }
}

/** Serves a write: once, or not at all. What the answer says about whether it was done is certain. */
export async function serveWrite(world: ServeWorld, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const { state, epoch } = world.state.current();
  const way = route("write", state);
  if (way.to !== "app") {
    refuse(request, response, { code: "paused", run: state.run });
    return;
  }
  const upload = isUpload({ method: request.method ?? "", target: request.url ?? "" });
  const flight = world.flights.begin({ kind: "writes", target: way.target, epoch, isUpload: upload });
  const body = hasBody(request) ? relayBody(request) : null;
  if (body !== null) grantBody(exchange);
  const leave = () => {
    // A save that reached the app whole may be done whoever waits for it; until the app has answered, it is not over.
    if (!request.complete) flight.abort();
  };
  exchange.gone.addEventListener("abort", leave, { once: true });
  const outcome = await forward({
    ...outgoing(world, exchange, way.target),
    headers: requestHeaders(request.rawHeaders, facts(world, exchange), body === null ? "none" : "streamed"),
    body,
    flight,
    judge: (status, notReady) => (status === 503 && notReady ? "again" : "pass"),
  });
  world.flights.end(flight);
  // Ended for a pause: it was no save, so it is certain that nothing was saved.
  if (upload && outcome === "cut" && route("write", world.state.current().state).to !== "app") {
    refuse(request, response, { code: "paused", run: world.state.current().state.run });
    return;
  }
  finishWrite(exchange, outcome, state.run);
}

function finishWrite({ request, response }: Exchange, outcome: Outcome, run: string | null): void {
  switch (outcome) {
    case "answered":
      // An app that answers before it has read all leaves the rest to us, or the connection could not be used again.
      discardRest(request, () => undefined);
      break;
    case "malformed":
      refusePlainly(request, response, 400);
      break;
    case "not-sent":
    case "rejected":
      refuse(request, response, { code: "unavailable", run });
      break;
    case "cut":
      refuse(request, response, { code: "unknown-result", run });
      break;
  }
}

async function attemptRead(
  world: ServeWorld,
  exchange: Exchange,
  { target, body }: { target: GateTarget; body: Buffer | null },
): Promise<Outcome> {
  const { epoch } = world.state.current();
  const flight = world.flights.begin({ kind: exchange.kind === "stream" ? "streams" : "reads", target, epoch });
  const leave = () => {
    flight.abort();
  };
  exchange.gone.addEventListener("abort", leave, { once: true });
  const done = new AbortController();
  void limitWatched(world, flight, done.signal);
  const outcome = await forward({
    ...outgoing(world, exchange, target),
    headers: requestHeaders(exchange.request.rawHeaders, facts(world, exchange), body === null ? "none" : "buffered"),
    body,
    flight,
    // A release that falls over may do so in the middle of an answer.
    ...(world.state.current().state.mode === "observe" ? { wholeUpTo: MOST_KEPT_BYTES } : {}),
    judge: (status, notReady) => {
      const now = world.state.current();
      return judgeAnswer({ status, notReady, mode: now.state.mode, changed: now.epoch !== epoch });
    },
  });
  done.abort();
  exchange.gone.removeEventListener("abort", leave);
  world.flights.end(flight);
  const failed = outcome === "not-sent" || outcome === "cut" || outcome === "rejected";
  if (failed && !exchange.gone.aborted && world.state.current().epoch === epoch && exchange.unansweredIn !== epoch) {
    exchange.unansweredIn = epoch;
    world.countUnanswered();
  }
  return outcome;
}

/** While a release is watched, a read that it does not answer in time is taken back and asked again. */
async function limitWatched(
  { clock, state }: ServeWorld,
  flight: { answered: boolean; abort: () => void },
  done: AbortSignal,
): Promise<void> {
  if (state.current().state.mode !== "observe") return;
  try {
    await clock.sleep(OBSERVE_ANSWER_MS, done);
  } catch {
    // It ended in time.
    return;
  }
  if (!flight.answered && state.current().state.mode === "observe") flight.abort();
}

async function readSmallBody(exchange: Exchange): Promise<Buffer | "too-large"> {
  grantBody(exchange);
  return (await bufferBody(exchange.request, MOST_REPLAYED_BYTES)) ?? "too-large";
}

/** Lets a client that asked first (`Expect: 100-continue`) send its body. */
function grantBody({ request, response }: Exchange): void {
  if (request.headers.expect === undefined) return;
  response.writeContinue();
  delete request.headers.expect;
}

function facts({ proto, isTrustedProxy }: ServeWorld, { request }: Exchange) {
  const forwardedFor = [request.headers["x-forwarded-for"] ?? []].flat().join(",");
  const address = clientAddress(request.socket.remoteAddress ?? "", forwardedFor, isTrustedProxy);
  return { address, host: request.headers.host, proto };
}

function outgoing({ pools }: ServeWorld, { request, response }: Exchange, target: GateTarget) {
  return { dispatcher: pools.of(target), method: request.method ?? "GET", target: request.url ?? "/", response };
}
