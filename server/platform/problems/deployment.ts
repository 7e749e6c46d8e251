import type { Explain } from "./explain.ts";

/** Problems of deployment. */
export const deploymentProblems = {
  "release-missing": (d: { version: string }) => ({
    happened: `FilaOps ${d.version} is not on this computer, or not whole.`,
    meaning: "Nothing was started and nothing was changed.",
    todo: "Start the update again: it fetches the release.",
  }),
  "release-in-use": (d: { version: string }) => ({
    happened: `FilaOps ${d.version} is in use and was not removed or replaced.`,
    meaning: "Nothing was changed.",
    todo: "Try again when another version runs.",
  }),
  "archive-refused": (d: { version: string; reason: string }) => ({
    happened: `The archive of FilaOps ${d.version} was not unpacked: ${d.reason}.`,
    meaning: "Nothing of it is left on this computer, and nothing else was changed.",
    todo: "Check for updates again. If it stays so, report it: the release was not made as it should.",
  }),
  "gate-target-missing": (d: { mode: string }) => ({
    happened: `The gate was told to serve (${d.mode}) without being told by what.`,
    meaning: "It goes on as before.",
    todo: "Copy the details and report them: FilaOps should not have asked for this.",
  }),
  "gate-refused": (d: { reason: string }) => ({
    happened: `The gate did not do what it was told: ${d.reason}`,
    meaning: "It goes on as before.",
    todo: "Look at the gate's log, and run `filaops doctor` on the server.",
  }),
  "gate-port-taken": (d: { host: string; port: number }) => ({
    happened: `Another program already answers on ${d.host}, port ${d.port}.`,
    meaning: "The gate did not start, so FilaOps cannot be reached. Your data is untouched.",
    todo: "End the other program, or choose another port under `gate` in config.json.",
  }),
  "already-running": (d: { home: string; pid: number }) => ({
    happened: `FilaOps in ${d.home} is running already, kept so by process ${d.pid}.`,
    meaning: "Nothing was started twice.",
    todo: "Use it as it is, or end that process first.",
  }),
} satisfies Record<string, Explain<never>>;
