import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../server/platform/clock.ts";
import { readConfig } from "../server/platform/config.ts";
import { readEnv } from "../server/platform/env.ts";
import { AppError, toProblem } from "../server/platform/errors.ts";
import { remove } from "../server/platform/files.ts";
import { readInstallation } from "../server/updates/installation.ts";
import { checkDemo } from "./demo-farm/check.ts";
import { openDockerStage, removeDockerStage } from "./demo-farm/docker-stage.ts";
import { BROKEN, FIRST, GOOD, MAJORS, SOME_BROKEN, publishMajors } from "./demo-farm/publish.ts";
import { demoPlaces } from "./demo-farm/places.ts";
import type { Stage } from "./demo-farm/stage.ts";
import { openStage } from "./demo-farm/stage.ts";
import { stopHome } from "./install/stop-home.ts";

const HELP = `scripts/demo            a FilaOps with a print farm in it, and releases to update to; Ctrl-C ends it, a second call goes on
scripts/demo --fresh    starts over
scripts/demo --check    tries the promise unattended, in a temporary folder: prints one JSON line at the end, exits 0 or 1
scripts/demo --check --some   meets only two of the broken releases: one that fails before the two change places, and one that falls over after
scripts/demo --docker   the same in containers, with Docker Compose; also with --check
scripts/demo --port N   the port to listen on; without it 3000, or another one where that is taken
`;

const USUAL_PORT = "3000";

const { values: flags } = parseArgs({
  options: {
    fresh: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    some: { type: "boolean", default: false },
    docker: { type: "boolean", default: false },
    port: { type: "string" },
    help: { type: "boolean" },
  },
});

const open = flags.docker ? openDockerStage : openStage;
// From the first moment on: what was started ends, whatever is going on.
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    ending.abort();
  });
}

try {
  if (flags.help === true) say(HELP);
  else if (flags.check) process.exitCode = (await check()) ? 0 : 1;
  else await show();
} catch (error) {
  const { happened, meaning, todo } = toProblem(error);
  process.stderr.write(ending.signal.aborted ? "It was ended while it was starting.\n" : `${happened}\n${meaning} ${todo}\n`);
  process.exitCode = 1;
}

function check(): Promise<boolean> {
  return checkDemo(open, { say, ending: ending.signal, broken: flags.some ? SOME_BROKEN : BROKEN });
}

async function show(): Promise<void> {
  const folder = demoFolder();
  if (flags.fresh) {
    // A PostgreSQL whose folder goes away under it writes on into nothing.
    await stopHome(demoPlaces(folder).home);
    await removeDockerStage(folder);
    await remove(folder);
  }
  const where = { port: portOf(flags.port ?? USUAL_PORT), elsewhere: flags.port === undefined };
  const stage = await open({ folder, ...where, seeded: true, published: [GOOD], say, ending: ending.signal });
  try {
    say(`
FilaOps ${await installedVersion(stage)} runs at ${stage.url}
Sign in as   ${stage.signIn.email}
Password     ${stage.signIn.password}

${GOOD} is published: press “Check now” under Settings → Updates, then “Update now”. After it come releases that are broken, each in its own
way, to see how FilaOps goes back by itself, and at last two that change how it works. Everything lies in ${folder}. Ctrl-C ends it.`);
    await publishOneByOne(stage, ending.signal);
  } finally {
    say("Ending …");
    await stage.close();
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new AppError("config-invalid", { path: "--port", reason: `“${text}” is no port` });
}

/** A release is on offer as long as it was not tried; then the next one is. */
async function publishOneByOne(stage: Stage, ending: AbortSignal): Promise<void> {
  let offered: readonly string[] = [GOOD];
  while (!ending.aborted) {
    const { version, failedVersions } = await readInstallation({ paths: stage.paths, config: await readConfig(stage.paths) });
    const broken = BROKEN.find((candidate) => !failedVersions.includes(candidate));
    const one = version === FIRST ? GOOD : broken;
    const next = one === undefined ? await majorsFor(stage) : [one];
    if (next.join() !== offered.join()) {
      offered.forEach(stage.feed.withdraw);
      next.forEach(stage.feed.publish);
      say(next.length === 0 ? "All releases were tried." : `${next.join(" and ")} is published now: press “Check now”.`);
      offered = next;
    }
    await systemClock.sleep(1000, ending).catch(() => undefined);
  }
}

/** At last come those that break something. Of images there are none of them. */
async function majorsFor(stage: Stage): Promise<readonly string[]> {
  if (flags.docker) return [];
  await publishMajors(stage.places, systemClock.now());
  return MAJORS;
}

async function installedVersion({ paths }: Stage): Promise<string> {
  return (await readInstallation({ paths, config: await readConfig(paths) })).version;
}

/** root's own home is closed to the user that PostgreSQL runs as. */
function demoFolder(): string {
  const chosen = readEnv("FILAOPS_DEMO");
  if (chosen !== undefined) return chosen;
  const name = flags.docker ? "filaops-demo-docker" : "filaops-demo";
  return process.getuid?.() === 0 ? join("/var/lib", name) : join(homedir(), ".local", "share", name);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
