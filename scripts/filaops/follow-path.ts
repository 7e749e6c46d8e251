import type { Ulid } from "../../server/platform/contract.ts";
import type { ChainStatus } from "../../server/updates/chain-contract.ts";
import { readChain } from "../../server/updates/chain.ts";
import { CHAIN_MINUTES } from "../../server/updates/rules/chain.ts";
import { actorName } from "../../server/updates/rules/history.ts";
import type { Answer } from "./answer.ts";
import { EXIT, wordsOf } from "./answer.ts";
import { follow } from "./follow.ts";
import type { Site } from "./site.ts";

const LOOK_MS = 200;
/** Past the time within which the next step begins, in milliseconds. */
const PATIENCE_MS = (CHAIN_MINUTES + 1) * 60_000;

/** Follows a run to its end; where it is a step of a path, all steps after it too. `told`: how the run itself ended is known already. */
export async function followPath(site: Site, run: Ulid, { told }: { told: boolean } = { told: false }): Promise<Answer> {
  let answer = told ? null : await follow(site, run);
  for (let at = run; ;) {
    const path = await untilDecided(site, at);
    if (path === null) return answer ?? (await follow({ ...site, say: () => undefined }, at));
    if (path.run === at) return ending(path, answer);
    at = path.run;
    site.say(`Step ${path.index + 1} of ${path.path.length}: to ${path.path[path.index] ?? ""}.`);
    answer = await follow(site, at);
  }
}

/** How the path stands as soon as that is known for good, or its next run is there; `null` when the run is no step of one. */
async function untilDecided(site: Site, run: Ulid): Promise<ChainStatus | null> {
  const begun = site.clock.monotonic();
  let said = false;
  for (;;) {
    const path = await readChain(site.paths);
    const waits = path?.run === run && path.state === "next" && site.clock.monotonic() - begun < PATIENCE_MS;
    if (!waits) return path === null || path.run < run ? null : path;
    if (!said) {
      site.say(
        `FilaOps is now ${nameOf(path, 0)}. The step to ${nameOf(path, 1)} begins when gate and update service are new, too.`,
      );
    }
    said = true;
    await site.clock.sleep(LOOK_MS);
  }
}

/** How far the path came, and why not further. */
function ending(path: ChainStatus, answer: Answer | null): Answer {
  const json = { ...answer?.json, path: path.path, problem: path.problem ?? problemOf(answer) };
  if (path.state === "complete") return { text: answer?.text ?? [], json, exit: EXIT.ok };
  const [reached, stopped] = [nameOf(path, 0), nameOf(path, 1)];
  // The run itself went wrong: it has said why.
  if (answer !== null && answer.exit !== EXIT.ok) {
    const before = path.path[path.index - 1];
    const whole =
      before === undefined
        ? []
        : [`FilaOps is now ${before} and works; the step to ${reached} did not work out and was taken back.`];
    return { text: [...answer.text, ...whole], json, exit: answer.exit };
  }
  const by = path.endedBy === null ? "" : ` ${actorName(path.endedBy)} ended it there.`;
  const text = [`FilaOps is now ${reached} and works; the step to ${stopped} was not begun.${by}`];
  return { text: [...text, ...(path.problem === null ? [] : wordsOf(path.problem))], json, exit: EXIT.problem };
}

function problemOf(answer: Answer | null): unknown {
  return answer !== null && "problem" in answer.json ? answer.json.problem : null;
}

/** The version of the newest step, or of one after it. */
function nameOf({ path, index }: ChainStatus, after: number): string {
  return path[index + after] ?? "";
}
