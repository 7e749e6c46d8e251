import { Pool } from "undici";
import type { GateTarget } from "./contract.ts";

/** Loopback or a local network: a connection that is not there after this will not come. */
const CONNECT_MS = 3000;
/** An app that frames long pages sends many preload links. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * Connections to the app. There is one pool, that of the target asked for last; the pool of another target takes nothing new, finishes what
 * runs on it and closes. No limit of connections: each open event stream has one of its own.
 */
export function createPools() {
  let current: { key: string; pool: Pool } | null = null;

  const retire = () => {
    // What still runs on it ends by itself or with the app behind it; there is nothing to wait for and nothing to tell.
    void current?.pool.close().catch(() => undefined);
    current = null;
  };

  return {
    of: (target: GateTarget): Pool => {
      const key = keyOf(target);
      if (current?.key === key) return current.pool;
      retire();
      const origin = `http://${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
      const pool = new Pool(origin, { connect: { timeout: CONNECT_MS }, maxHeaderSize: MAX_HEADER_BYTES });
      current = { key, pool };
      return pool;
    },
    /** Closes the pool unless it is this target's. */
    keepOnly: (target: GateTarget | null) => {
      if (target === null || current?.key !== keyOf(target)) retire();
    },
  };
}

export type Pools = ReturnType<typeof createPools>;

export function sameTarget(one: GateTarget | null, other: GateTarget | null): boolean {
  return one !== null && other !== null && keyOf(one) === keyOf(other);
}

function keyOf({ slot, version, host, port }: GateTarget): string {
  return JSON.stringify([slot, version, host, port]);
}
