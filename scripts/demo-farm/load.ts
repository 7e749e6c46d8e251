import { createInterface } from "node:readline";
import { join } from "node:path";
import { baseEnv } from "../../server/platform/env.ts";
import { spawnAttached } from "../../server/platform/process.ts";
import type { LoadAnswer } from "./load-contract.ts";
import { answerSchema } from "./load-contract.ts";

export type Load = {
  /** Resolves when every process has had its first good answer. */
  warm: Promise<void>;
  /** Ends the processes after their last answer and gives back all answers. */
  end: () => Promise<{ reads: LoadAnswer[]; writes: LoadAnswer[] }>;
};

const READERS = 3;
const WRITERS = 2;

/** People at work: readers and writers, each a process of its own. */
export function startLoad(order: { base: string; cookies: string }): Load {
  const readers = Array.from({ length: READERS }, (_, index) =>
    startProcess("load-reader.ts", { ...order, name: `Reader ${index}` }),
  );
  const writers = Array.from({ length: WRITERS }, (_, index) =>
    startProcess("load-writer.ts", { ...order, name: `Writer ${index}` }),
  );
  return {
    warm: Promise.all([...readers, ...writers].map((one) => one.warm)).then(() => undefined),
    end: async () => ({
      reads: (await Promise.all(readers.map((one) => one.end()))).flat(),
      writes: (await Promise.all(writers.map((one) => one.end()))).flat(),
    }),
  };
}

function startProcess(script: string, order: object) {
  const child = spawnAttached(process.execPath, [join(import.meta.dirname, script)], {
    env: { ...baseEnv(), FILAOPS_LOAD: JSON.stringify(order) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers: LoadAnswer[] = [];
  const closed = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  const warm = new Promise<void>((resolve, reject) => {
    onLines(child, (line) => {
      answers.push(answerSchema.parse(JSON.parse(line)));
      if (answers.some((answer) => answer.kind === "ok")) resolve();
    });
    child.once("close", () => {
      reject(new Error(`${script} ended before its first answer`));
    });
  });
  return {
    warm,
    end: async () => {
      child.stdin?.end();
      await closed;
      return answers;
    },
  };
}

function onLines(child: ReturnType<typeof spawnAttached>, use: (line: string) => void): void {
  if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", use);
}
