import type { GateOptions } from "../../server/gate/gate.ts";
import { startGate } from "../../server/gate/gate.ts";

/** How long open requests may take to end when the gate is told to, in milliseconds. */
const GRACE_MS = 5000;

/** Runs a gate until the process is told to end. `publicUrl` says whether TLS ends before it. */
export async function runGate({ publicUrl, ...options }: Omit<GateOptions, "proto"> & { publicUrl: string }): Promise<void> {
  const gate = await startGate({ ...options, proto: publicUrl.startsWith("https:") ? "https" : "http" });
  const end = () => {
    options.log.info({}, "the gate ends");
    void gate.close(GRACE_MS).then(() => process.exit(0));
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}
