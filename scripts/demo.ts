import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../server/platform/clock.ts";
import { readConfig } from "../server/platform/config.ts";
import { readEnv } from "../server/platform/env.ts";
import { toProblem } from "../server/platform/errors.ts";
import { remove } from "../server/platform/files.ts";
import { readInstallation } from "../server/updates/installation.ts";
import { checkDemo } from "./demo-farm/check.ts";
import { openDockerStage, removeDockerStage } from "./demo-farm/docker-stage.ts";
import { BROKEN, FIRST, GOOD } from "./demo-farm/publish.ts";
import type { Stage } from "./demo-farm/stage.ts";
import { openStage } from "./demo-farm/stage.ts";

const HELP = `scripts/demo            a FilaOps with a print farm in it, and releases to update to; Ctrl-C ends it, a second call goes on
scripts/demo --fresh    starts over
scripts/demo --check    tries the promise unattended, in a temporary folder: prints one JSON line at the end, exits 0 or 1
scripts/demo --docker   the same in containers, with Docker Compose; also with --check
scripts/demo --port N   the port to listen on (3000)
`;

const { values: flags } = parseArgs({
  options: {
    fresh: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    docker: { type: "boolean", default: false },
    port: { type: "string" },
    help: { type: "boolean" },
  },
});

const open = flags.docker ? openDockerStage : openStage;

try {
  if (flags.help === true) say(HELP);
  else if (flags.check) process.exitCode = (await checkDemo(open, say)) ? 0 : 1;
  else await show();
} catch (error) {
  const { happened, meaning, todo } = toProblem(error);
  process.stderr.write(`${happened}\n${meaning} ${todo}\n`);
  process.exitCode = 1;
}

async function show(): Promise<void> {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      ending.abort();
    });
  }
  const folder = demoFolder();
  if (flags.fresh) {
    await removeDockerStage(folder);
    await remove(folder);
  }
  const stage = await open({ folder, port: Number(flags.port ?? "3000"), seeded: true, published: [GOOD], say });
  try {
    say(`
FilaOps ${await installedVersion(stage)} runs at ${stage.url}
Sign in as   ${stage.signIn.email}
Password     ${stage.signIn.password}

${GOOD} is published: press “Check now” under Settings → Updates, then “Update now”. After it come releases that are broken, each in its own
way, to see how FilaOps goes back by itself. Everything lies in ${folder}. Ctrl-C ends it.`);
    await publishOneByOne(stage, ending.signal);
  } finally {
    say("Ending …");
    await stage.close();
  }
}

/** A release is on offer as long as it was not tried; then the next one is. */
async function publishOneByOne(stage: Stage, ending: AbortSignal): Promise<void> {
  let offered: string | undefined = GOOD;
  while (!ending.aborted) {
    const { version, failedVersions } = await readInstallation({ paths: stage.paths, config: await readConfig(stage.paths) });
    const next = version === FIRST ? GOOD : BROKEN.find((candidate) => !failedVersions.includes(candidate));
    if (next !== offered) {
      if (offered !== undefined) stage.feed.withdraw(offered);
      if (next !== undefined) stage.feed.publish(next);
      say(next === undefined ? "All releases were tried." : `${next} is published now: press “Check now”.`);
      offered = next;
    }
    await systemClock.sleep(1000, ending).catch(() => undefined);
  }
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
