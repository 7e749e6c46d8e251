import type { Server } from "node:http";
import type { Clock } from "../platform/clock.ts";
import { addressList } from "../platform/addresses.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import { listenForControl } from "./control.ts";
import type { Controls } from "./control.ts";
import { createFlights } from "./flights.ts";
import { serve, showInstead } from "./front.ts";
import { createHolds } from "./hold.ts";
import { renderPage } from "./page.ts";
import { createPools, sameTarget } from "./pools.ts";
import { closeServer, createPublicServer, listen } from "./public-server.ts";
import type { PublicAddress } from "./public-server.ts";
import { refusePlainly } from "./refuse.ts";
import type { ServeWorld } from "./serve.ts";
import { openState } from "./state.ts";
import type { Applied } from "./state.ts";
import { followStatus } from "./status-file.ts";
import { createUpgradeRoutes } from "./upgrade-routes.ts";

export type GateOptions = {
  paths: Pick<HomePaths, "gateState" | "gateSocket" | "status">;
  listen: PublicAddress;
  proto: "http" | "https";
  /** Addresses and subnets (CIDR) of reverse proxies before the gate. */
  trustedProxies?: readonly string[];
  /** The sha256 of the gate's program, for its report. */
  program?: string;
  clock: Clock;
  log: Log;
  /** How long requests wait, and how many. */
  patienceMs?: number;
  mostHeld?: number;
};

export type Gate = {
  port: number;
  /**
   * Takes no new connections, ends the streams, gives open requests the time to end, then cuts them. With `idleMs`, connections without a request
   * are kept that long: another gate has taken over, and nobody shall notice.
   */
  close: (graceMs: number, idleMs?: number) => Promise<void>;
};

/** Starts the gate: it serves by what `gate.json` says, until it is told otherwise through its socket. */
export async function startGate(options: GateOptions): Promise<Gate> {
  const { clock, log, paths } = options;
  const flights = createFlights(clock);
  const holds = createHolds(clock, { patienceMs: options.patienceMs ?? 30_000, most: options.mostHeld ?? 5000 });
  const pools = createPools();
  const status = await followStatus(paths.status, log);
  const upgrade = createUpgradeRoutes({ status, clock });
  let unanswered = 0;

  const onApplied = ({ state: now }: Applied, { state: before }: Applied) => {
    unanswered = 0;
    const moved = !sameTarget(now.target, before.target);
    if (moved) pools.keepOnly(now.target);
    if (moved && now.target !== null) flights.closeStreams((flight) => !sameTarget(flight.target, now.target));
    // While a release was watched, only an answer of the side that wins counts.
    const won = !moved && now.mode !== "hold" && now.mode !== "maintenance";
    if (before.mode === "observe" && !won) flights.takeBack(() => true);
    holds.releaseAll();
  };
  const state = await openState(paths.gateState, { clock, log }, onApplied);
  const world: ServeWorld = {
    clock,
    state,
    flights,
    holds,
    pools,
    proto: options.proto,
    isTrustedProxy: addressList(options.trustedProxies ?? []),
    countUnanswered: () => (unanswered += 1),
    showPage: (exchange) => {
      const page = renderPage({ status: status.current(), now: clock.now(), inPlace: true });
      showInstead(exchange, { page, run: state.current().state.run });
    },
  };
  const controls: Controls = {
    report: () => ({
      ...{
        state: state.current().state,
        inFlight: flights.counts(),
        unanswered,
        lastWriteAt: flights.lastWriteAt().toISOString(),
      },
      ...holds.report(),
      ...(options.program === undefined ? {} : { program: options.program }),
    }),
    set: state.set,
    drain: async (wanted) => {
      const answered = await flights.drain(wanted);
      if (answered.drained || wanted.what !== "all" || state.current().state.mode !== "hold") return answered;
      // The time is over: reads without an answer wait with the others rather than fail with what happens to the app now.
      flights.takeBack(() => true);
      return flights.drain({ what: "all", timeoutMs: 0 });
    },
  };

  const server = createPublicServer((request, response) => {
    void serve(world, upgrade, { request, response }).catch((error: unknown) => {
      log.error({ err: error, method: request.method }, "a request was not served");
      if (response.headersSent) response.destroy();
      else refusePlainly(request, response, 500);
    });
  });
  const { port, control } = await openDoors(server, options, controls).catch((error: unknown) => {
    // Half a gate must not keep the process alive.
    server.close();
    status.close();
    throw error;
  });
  log.info({ host: options.listen.host, port, mode: state.current().state.mode }, "the gate listens");

  return {
    port,
    close: async (graceMs, idleMs = 0) => {
      control.close();
      const endStreams = () => {
        upgrade.closeAll();
        flights.closeStreams(() => true);
      };
      await closeServer(server, { clock, graceMs, idleMs, endStreams });
      pools.keepOnly(null);
      status.close();
    },
  };
}

/** The public port first: who holds it, or was given it by the launcher, is the gate to be, and may replace the socket. */
async function openDoors(server: Server, { listen: at, paths, log }: GateOptions, controls: Controls) {
  const port = await listen(server, at);
  return { port, control: await listenForControl(paths.gateSocket, controls, log) };
}
