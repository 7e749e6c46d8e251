import { INSTANCE_MARK, SERVICE_MARK } from "../../deployment/marks.ts";
import { findMarked } from "../../platform/marked-processes.ts";
import type { RealStage } from "./real-stage.ts";

/** Who may be killed during a run besides its runner: how the pid of each is found. */
export const VICTIMS: Record<string, (stage: RealStage) => number | Promise<number>> = {
  "the updater": (stage) => pidOf(stage, SERVICE_MARK, "updater"),
  "the gate": (stage) => pidOf(stage, SERVICE_MARK, "gate"),
  "the app people read from": readFrom,
};

/** The pid of the app that the gate leads people to: after the switch this is the new one. */
export async function readFrom(stage: RealStage): Promise<number> {
  const { state } = await stage.world.gate.report();
  if (state.target === null) throw new Error("the gate leads nowhere");
  return pidOf(stage, INSTANCE_MARK, state.target.slot);
}

export async function postmaster(stage: RealStage): Promise<number> {
  const server = await stage.cluster.status();
  if (server === null) throw new Error("PostgreSQL does not run");
  return server.pid;
}

/** The pid of the first process with such a mark. */
function pidOf(stage: RealStage, mark: string, value: string): number {
  const pid = findMarked(mark, `${stage.mark}${value}`)[0]?.pid;
  if (pid === undefined) throw new Error(`${value} does not run`);
  return pid;
}
