import type { Explain } from "./explain.ts";

/** Problems of deployment. */
export const deploymentProblems = {
  "release-missing": (d: { version: string }) => ({
    happened: `FilaOps ${d.version} is not on this computer, or not whole.`,
    meaning: "Nothing was started and nothing was changed.",
    todo: "Start the update again: it fetches the release.",
  }),
  "version-gone": (d: { version: string; reason: string; todo: string }) => ({
    happened: `FilaOps ${d.version} is not on this computer any more, and cannot be fetched again now: ${d.reason}.`,
    meaning: "Nothing was changed. What runs goes on running.",
    todo: d.todo,
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
    todo: "End the other program, or choose another port: under `gate` in config.json, for the demo with --port.",
  }),
  "already-running": (d: { home: string; pid: number }) => ({
    happened: `FilaOps in ${d.home} is running already, kept so by process ${d.pid}.`,
    meaning: "Nothing was started twice.",
    todo: "Use it as it is, or end that process first.",
  }),
  "engine-unreachable": (d: { socket: string; reason: string }) => ({
    happened: `Docker could not be reached at ${d.socket}: ${d.reason}.`,
    meaning: "Nothing was changed. What runs goes on running.",
    todo: "Look whether Docker runs and whether its socket is given to the updater in compose.yaml, then try again.",
  }),
  "engine-too-old": (d: { api: string; needed: string }) => ({
    happened: `This Docker is too old: it speaks version ${d.api} of its language, and FilaOps needs ${d.needed}.`,
    meaning: "Nothing was changed. Updates by a click do not work until then; everything else does.",
    todo: "Update Docker to 20.10 or newer, then try again.",
  }),
  "engine-refused": (d: { reason: string }) => ({
    happened: `Docker did not do what it was asked for: ${d.reason}`,
    meaning: "Nothing of your data was changed.",
    todo: "Try again. If it stays so, run `filaops doctor` on the server and copy the details.",
  }),
  "image-not-for-here": (d: { version: string; platform: string }) => ({
    happened: `FilaOps ${d.version} was not published as an image for this computer (${d.platform}).`,
    meaning: "Nothing was fetched and nothing was changed.",
    todo: "Wait for the next release, or report it.",
  }),
  "image-not-pulled": (d: { reference: string; reason: string }) => ({
    happened: `The image ${d.reference} did not come whole: ${d.reason}`,
    meaning: "Nothing was changed. Parts that came are used the next time.",
    todo: "Look at the connection to the internet and at the free disk space, then try again.",
  }),
  "source-not-fetched": (d: { version: string; reason: string; todo: string }) => ({
    happened: `The source of FilaOps ${d.version} did not come: ${d.reason}.`,
    meaning: "Nothing was built and nothing was changed.",
    todo: d.todo,
  }),
  "image-not-built": (d: { version: string; reason: string }) => ({
    happened: `FilaOps ${d.version} could not be built on this computer: ${d.reason}`,
    meaning: "Nothing was changed. What runs goes on running.",
    todo: "Look at these last lines, at the connection to the internet and at the free disk space, then try again.",
  }),
  "image-differs": (d: { version: string; what: string }) => ({
    happened: `The image of FilaOps ${d.version} is not what was signed: ${d.what}.`,
    meaning: "It was not used, and nothing was changed.",
    todo: "Try again later. If it stays so, do not install it by hand, and report it.",
  }),
  "handover-failed": (d: { version: string; reason: string }) => ({
    happened: `FilaOps is ${d.version}, but its gate and its update service are not: those of ${d.version} did not come up (${d.reason}).`,
    meaning: "Everybody can work, and your data is whole. The next update is made by the older update service.",
    todo: "Restart FilaOps on the server when nobody minds. If it stays so, run `filaops doctor` there and copy the details.",
  }),
  "layout-not-ours": (d: { misfits: string[] }) => ({
    happened: `FilaOps is not laid out on the server as an update needs it: ${d.misfits.join(" ")}`,
    meaning: "Nothing was changed. FilaOps goes on running, and can be updated by hand.",
    todo: "On the server, run `docker compose exec updater filaops adopt`: it says what to write or to type. Then try again.",
  }),
  "compose-failed": (d: { command: string; output: string }) => ({
    happened: `Docker Compose could not do \`${d.command}\`: ${d.output}`,
    meaning: "Nothing of your data was changed.",
    todo: "Run `filaops doctor` on the server, and copy the details.",
  }),
} satisfies Record<string, Explain<never>>;
