import { toProblem } from "../../platform/errors.ts";
import type { Finding } from "../contract.ts";
import type { World } from "../world.ts";
import { artifact } from "./artifact.ts";
import type { Check, Draft } from "./check.ts";
import { findingOf } from "./check.ts";
import { carriesOver } from "./carries-over.ts";
import { database } from "./database.ts";
import { disk } from "./disk.ts";
import { dumpProgram } from "./dump-program.ts";
import { gate } from "./gate.ts";
import { kept } from "./kept.ts";
import { layout } from "./layout.ts";
import { loader } from "./loader.ts";
import { longHold } from "./long-hold.ts";
import { ours } from "./ours.ts";

/** Every check of preflight, in the order in which people read them. A check that is not about this kind of run says that all is well. */
const checks: readonly Check[] = [carriesOver, database, ours, layout, gate, dumpProgram, loader, disk, artifact, kept, longHold];

/** Runs every check and returns all findings at once, so that nobody mends one thing only to meet the next. */
export async function check(world: World, draft: Draft, onProgress?: (done: number, total: number) => void): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const one of checks) {
    const answer = await one.look(world, draft).catch(toProblem);
    findings.push(findingOf(one, answer));
    onProgress?.(findings.length, checks.length);
  }
  return findings;
}
