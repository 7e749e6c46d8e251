import { ulid } from "ulid";
import type { Clock } from "./clock.ts";
import type { Ulid } from "./contract.ts";

/** A new ULID whose time part comes from the clock. */
export function newUlid(clock: Pick<Clock, "now">): Ulid {
  return ulid(clock.now().getTime());
}
