import { Agent, request } from "node:http";
import { systemClock } from "../../../server/platform/clock.ts";

/** Who asks at the same time, and how long each waits between two questions, in milliseconds. */
const [ASKERS, PAUSE_MS] = [8, 20];
const BEFORE_MS = 300;

/**
 * How long, in milliseconds, nobody got an answer while the work was done: the longest time between two good answers to people who go on asking, over
 * connections that they keep, as browsers do. It ends when answers come again.
 */
export async function longestAway(url: string, work: () => Promise<unknown>): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  let [last, longest, isOver] = [systemClock.monotonic(), 0, false];
  const ask = async () => {
    while (!isOver) {
      if (await answers(url, agent)) {
        longest = Math.max(longest, systemClock.monotonic() - last);
        last = systemClock.monotonic();
      }
      await systemClock.sleep(PAUSE_MS);
    }
  };
  const asking = Array.from({ length: ASKERS }, ask);
  try {
    await systemClock.sleep(BEFORE_MS);
    await work();
    const done = systemClock.monotonic();
    while (last <= done) await systemClock.sleep(PAUSE_MS);
  } finally {
    isOver = true;
    await Promise.all(asking);
    agent.destroy();
  }
  return longest;
}

function answers(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(url, { agent }, (answer) => {
      answer.resume();
      answer.once("end", () => {
        resolve(answer.statusCode === 200);
      });
      answer.once("error", () => {
        resolve(false);
      });
    });
    asked.once("error", () => {
      resolve(false);
    });
    asked.end();
  });
}
