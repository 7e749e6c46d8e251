import type { World } from "./world.ts";

/**
 * The world as a step sees it: once the signal is aborted nothing of it answers any more, and whoever sleeps wakes up. So a step that was given
 * up ends at its next move, whatever it is busy with.
 */
export function leashed(world: World, ended: AbortSignal): World {
  const { clock, gate, databases, driver, backups, ballast, probe, freeBytes, dumpMajor } = world;
  const own = { probe, freeBytes, dumpMajor };
  return {
    ...world,
    ...leash(own, ended),
    gate: leash(gate, ended),
    databases: leash(databases, ended),
    driver: leash(driver, ended),
    backups: leash(backups, ended),
    ballast: leash(ballast, ended),
    clock: {
      ...clock,
      sleep: (ms, signal) => clock.sleep(ms, signal === undefined ? ended : AbortSignal.any([signal, ended])),
    },
  };
}

function leash<Port extends object>(port: Port, ended: AbortSignal): Port {
  return new Proxy(port, {
    get(target, name) {
      const verb: unknown = Reflect.get(target, name);
      if (typeof verb !== "function") return verb;
      return async (...args: unknown[]): Promise<unknown> => {
        ended.throwIfAborted();
        return await (Reflect.apply(verb, target, args) as Promise<unknown>);
      };
    },
  });
}
