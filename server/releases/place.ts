import { createHash } from "node:crypto";
import type { Ulid, Version } from "../platform/contract.ts";

/**
 * Where an installation stands among all of them for a release, in [0, 1): evenly spread, always the same, and for each release anew, so that not the
 * same ones are always the first. Nothing of it leaves this computer.
 */
export function placeOf(instance: Ulid, version: Version): number {
  return createHash("sha256").update(`${instance} ${version}`).digest().readUInt32BE(0) / 2 ** 32;
}
