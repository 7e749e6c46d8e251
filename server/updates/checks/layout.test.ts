import { expect, test } from "vitest";
import type { Misfit } from "../../deployment/contract.ts";
import { createMemoryWorld } from "../testing/memory-world.ts";
import { testPlan } from "../testing/plans.ts";
import { check } from "./index.ts";

const OPEN: Misfit = { what: "A port is open.", meaning: "It is reached past the gate.", todo: "Close it." };
const LATE: Misfit = { what: "A line is old.", meaning: "It will be written.", todo: "Write it.", byItself: true };

async function found(misfits: Misfit[]) {
  const { world } = createMemoryWorld();
  const asked: unknown[] = [];
  const driver = {
    ...world.driver,
    misfits: (installed: unknown) => {
      asked.push(installed);
      return Promise.resolve(misfits);
    },
  };
  const findings = await check({ ...world, driver }, testPlan);
  expect(asked).toEqual([{ slot: "blue", version: "1.0.0", database: "filaops" }]);
  return findings.find((finding) => finding.check === "layout");
}

test("a shape that is not ours is refused, with the reason and where the way out is told", async () => {
  expect(await found([OPEN, LATE])).toMatchObject({
    level: "blocker",
    problem: {
      code: "layout-not-ours",
      happened: "FilaOps is not laid out on the server as an update needs it: A port is open.",
      todo: expect.stringContaining("filaops adopt") as string,
    },
  });
});

// A plan that was made in the moment after a run, before its end was written into .env, would have been refused for nothing.
test("what the update service is about to put right itself stands in nobody's way", async () => {
  expect(await found([LATE])).toMatchObject({ level: "ok" });
});
