import type { Ulid } from "../../server/platform/contract.ts";
import { AppError } from "../../server/platform/errors.ts";
import { lockHolder } from "../../server/platform/lock.ts";
import { readRecord } from "../../server/updates/records.ts";
import { logLines } from "../../server/updates/rules/log-lines.ts";
import type { Answer } from "./answer.ts";
import { exitOfOutcome } from "./answer.ts";
import type { Site } from "./site.ts";

const LOOK_MS = 200;
const SILENCE_MS = 15_000;

/** Tells how the run goes on, from its journal, until it has ended. Needs neither the update service nor the app. */
export async function follow(site: Site, run: Ulid): Promise<Answer> {
  const silence = createSilence(site);
  for (let told = 0; ;) {
    const record = await readRecord(site.paths, run);
    if (record === null) throw new AppError("not-found", { what: "run" });
    const lines = logLines(record.plan, record.journal);
    lines.slice(told).forEach(({ text }) => {
      site.say(text);
    });
    silence.heard(lines.length > told);
    told = lines.length;
    const finished = record.journal.findLast((entry) => entry.type === "finished");
    if (finished !== undefined) {
      const { outcome, problem } = finished;
      const { kind, from, to } = record.plan;
      return { text: [], json: { run, kind, from, to, outcome, problem }, exit: exitOfOutcome(outcome) };
    }
    await site.clock.sleep(LOOK_MS);
  }
}

/** Says once, each time, that nobody works on the run and nothing is heard of it. */
function createSilence({ clock, paths, say }: Site) {
  let since = clock.monotonic();
  let said = false;
  return {
    heard: (something: boolean) => {
      if (something || lockHolder(paths.runLock) !== null) {
        since = clock.monotonic();
        said = false;
      } else if (!said && clock.monotonic() - since > SILENCE_MS) {
        said = true;
        say("Nobody works on the run at the moment. The update service starts it again; `filaops doctor` says whether it can.");
      }
    },
  };
}
