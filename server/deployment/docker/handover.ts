import type { Clock } from "../../platform/clock.ts";
import { AppError, toProblem } from "../../platform/errors.ts";
import type { HomePaths } from "../../platform/home.ts";
import type { Log } from "../../platform/log.ts";
import { readHandover, writeHandover } from "../handover.ts";
import type { Project } from "./compose.ts";
import { compose } from "./compose.ts";
import type { Engine } from "./engine.ts";
import { writeProgramImages } from "./env-file.ts";
import type { ImageFile } from "./images.ts";

/** What is asked of gate and updater from outside; rejects when there is no answer. */
export type Answers = {
  updaterVersion: () => Promise<string | null>;
  /** The digest of the gate's program; `null` from one that does not say it. */
  gateProgram: () => Promise<string | null>;
  /** Whether nobody waits for an answer just now. */
  isQuiet: () => Promise<boolean>;
};

export type HandingOver = {
  paths: Pick<HomePaths, "handover">;
  engine: Engine;
  project: Project;
  clock: Clock;
  log: Log;
  version: string;
  image: Pick<ImageFile, "reference" | "imageId">;
  /** The digest of the image's own gate. */
  gateProgram: string;
  answers: Answers;
  patience?: Patience;
};

/** How long one may take to come up, and must then answer well before it is believed, in milliseconds. */
type Patience = { comeUpMs: number; steadyMs: number };

const FLAGS = ["--detach", "--no-deps", "--no-build", "--pull", "never"];
const PATIENCE: Patience = { comeUpMs: 90_000, steadyMs: 3000 };
/** How long a moment is waited for in which nobody waits for the gate, which is away for about two seconds. */
const QUIET_PATIENCE_MS = 5 * 60_000;
const QUIET_LOOKS = 5;
const POLL_MS = 100;

/**
 * Has gate and updater replaced by those of the image, by the declared service `handover`, which is of the new image itself. It takes the run lock, so that no
 * run begins meanwhile, and is started again by Docker until it ended well; asking again while it is at work changes nothing.
 */
export async function startHandover(project: Project, image: string): Promise<void> {
  await compose(project, ["up", ...FLAGS, "handover"], { profile: "tools", values: { FILAOPS_HANDOVER_IMAGE: image } });
}

/**
 * Does it, as far as it is wanted: the updater first, then the gate, if it is another program. When one does not come up, both are put back as `.env` names them,
 * which is written last of all; so, killed anywhere, it may be called again.
 */
export async function performHandover(handing: HandingOver): Promise<void> {
  const { paths, clock, log, version, image, project } = handing;
  const wish = await readHandover(paths);
  if (wish?.version !== version || wish.state !== "wanted") return;
  const end = (state: "done" | "failed", problem: AppError["problem"] | null) =>
    writeHandover(paths, { version, state, at: clock.now().toISOString(), tries: wish.tries, problem });
  try {
    await replaceUpdater(handing);
    const gate = await replaceGate(handing);
    await writeProgramImages(project.folder, { updater: image.reference, gate });
    // Compose recreates whatever depends on a service that it recreates: left to a later `docker compose up -d`, the first start's service, which is of the
    // updater's image, would take the database with it.
    await compose(project, ["up", ...FLAGS, "init"]);
    await end("done", null);
    log.info({ version }, "gate and updater are those of the installed version");
  } catch (error) {
    const { happened } = toProblem(error);
    const { problem } = new AppError("handover-failed", { version, reason: happened });
    log.error({ err: error, problem }, problem.happened);
    await compose(project, ["up", ...FLAGS, "updater", "gate"]);
    await end("failed", problem);
  }
}

async function replaceUpdater(handing: HandingOver): Promise<void> {
  const { answers, version, image } = handing;
  await replace(handing, {
    service: "updater",
    values: { FILAOPS_IMAGE: image.reference },
    isNew: async () => (await answers.updaterVersion()) === version,
  });
}

/** Returns the image that the gate is of afterwards. */
async function replaceGate(handing: HandingOver): Promise<string> {
  const { answers, engine, project, image, gateProgram, log } = handing;
  const [current] = await engine.containers(project.name, "gate");
  if (current !== undefined && (await answers.gateProgram()) === gateProgram) return current.image;
  if (!(await untilQuiet(handing))) log.warn({}, "there is no quiet moment; the gate is replaced all the same");
  await replace(handing, {
    service: "gate",
    values: { FILAOPS_GATE_IMAGE: image.reference },
    isNew: async () => (await answers.gateProgram()) === gateProgram,
  });
  return image.reference;
}

type Replacing = { service: "updater" | "gate"; values: Record<string, string>; isNew: () => Promise<boolean> };

async function replace(handing: HandingOver, { service, values, isNew }: Replacing): Promise<void> {
  await recreate(handing.project, { service, values });
  await untilSteady(handing, { service, isNew });
}

/** Compose makes the new container before it ends the old one, but both cannot have the same port: what is left is an end and a start. */
export async function recreate(project: Project, { service, values }: Pick<Replacing, "service" | "values">): Promise<void> {
  await compose(project, ["up", ...FLAGS, service], { values });
}

/** Waits until it has answered well for a while, by one and the same start of its container. */
async function untilSteady(
  { engine, project, clock, patience = PATIENCE }: HandingOver,
  { service, isNew }: Pick<Replacing, "service" | "isNew">,
): Promise<void> {
  const deadline = clock.monotonic() + patience.comeUpMs;
  let [start, since] = ["", 0];
  while (clock.monotonic() < deadline) {
    const [container] = await engine.containers(project.name, service);
    const isWell = container?.running === true && (await isNew().catch(() => false));
    const now = clock.monotonic();
    if (!isWell || container.startedAt !== start) [start, since] = [isWell ? container.startedAt : "", now];
    if (start !== "" && now - since >= patience.steadyMs) return;
    await clock.sleep(POLL_MS);
  }
  throw new AppError("took-too-long", { what: `starting the ${service}`, seconds: patience.comeUpMs / 1000 });
}

async function untilQuiet({ answers, clock }: HandingOver): Promise<boolean> {
  const deadline = clock.monotonic() + QUIET_PATIENCE_MS;
  let looks = 0;
  while (clock.monotonic() < deadline) {
    looks = (await answers.isQuiet().catch(() => true)) ? looks + 1 : 0;
    if (looks === QUIET_LOOKS) return true;
    await clock.sleep(POLL_MS);
  }
  return false;
}
