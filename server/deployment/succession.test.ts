import { once } from "node:events";
import { readlink } from "node:fs/promises";
import { Agent } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createGateClient } from "../gate/client.ts";
import { ask, until } from "../gate/testing/harness.ts";
import { systemClock } from "../platform/clock.ts";
import { programDigest } from "../platform/entry.ts";
import { remove } from "../platform/files.ts";
import { borrowLock } from "../platform/lock.ts";
import type { Handover } from "./contract.ts";
import { readHandover, writeHandover } from "./handover.ts";
import { pointProgram } from "./program.ts";
import type { Launcher, LauncherStage } from "./testing/launcher-stage.ts";
import { setLauncherStage } from "./testing/launcher-stage.ts";
import { writePrograms } from "./testing/made-up-programs.ts";

/** The real launcher hands over between releases with a made-up updater and a gate that is the real one but for its entry point. */

let stage: LauncherStage;
beforeAll(async () => {
  stage = await setLauncherStage({ withRunner: false });
});
beforeEach(() => pointProgram(stage.paths, "1.0.0"));
afterEach(async () => {
  await stage.end();
  await remove(stage.paths.handover);
});
afterAll(() => stage.close());

async function started(): Promise<Launcher & { gate: number; updater: number }> {
  const launcher = stage.start();
  await launcher.line;
  return { ...launcher, gate: await stage.pid("gate"), updater: await stage.pid("updater") };
}

const wish = (some: Partial<Handover> = {}) => {
  const at = new Date().toISOString();
  return writeHandover(stage.paths, { version: "1.1.0", state: "wanted", at, tries: 1, problem: null, ...some });
};

async function ended(): Promise<Handover> {
  await until(async () => (await readHandover(stage.paths))?.state !== "wanted", 90_000);
  const handover = await readHandover(stage.paths);
  if (handover === null) throw new Error("the wish has gone");
  return handover;
}

/** The version whose gate obeys commands. */
async function gateInCommand(...versions: string[]): Promise<string | undefined> {
  const { program } = await createGateClient(stage.paths.gateSocket, systemClock).report();
  const digests = await Promise.all(versions.map((version) => programDigest(join(stage.paths.release(version), "bin/gate.mjs"))));
  return versions[digests.indexOf(program ?? "")];
}

/** People who read and save all the time, on new connections and on kept ones. */
function startPeople(port: number) {
  const kept = new Agent({ keepAlive: true, maxSockets: 4 });
  const failures: string[] = [];
  let answered = 0;
  let over = false;
  const person = async (agent: Agent | null, method: string) => {
    while (!over) {
      await ask(port, { method, ...(agent === null ? {} : { agent }) }).then(
        ({ status }) => (status === 200 ? (answered += 1) : failures.push(`${method} ${status}`)),
        (error: unknown) => failures.push(`${agent === null ? "new" : "kept"} ${method} ${String(error)}`),
      );
    }
  };
  const all = [null, null, kept, kept].flatMap((agent) => [person(agent, "GET"), person(agent, "POST")]);
  return async () => {
    over = true;
    await Promise.all(all);
    kept.destroy();
    return { answered, failures };
  };
}

test("updater and gate of the newer release take over, and nobody's request fails", async () => {
  await writePrograms(stage.paths, { version: "1.1.0" });
  const before = await started();
  const leave = startPeople(stage.config.gate.port);
  await wish();
  expect(await ended()).toMatchObject({ version: "1.1.0", state: "done", problem: null });
  const { answered, failures } = await leave();
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(500);
  expect(await gateInCommand("1.0.0", "1.1.0")).toBe("1.1.0");
  expect(await readlink(stage.paths.program)).toBe("releases/1.1.0");
  const living = await stage.living();
  expect(living).not.toContain(before.gate);
  expect(living).not.toContain(before.updater);
  expect(living).toHaveLength(4);
  expect(await borrowLock(stage.paths.runLock).then((giveBack) => giveBack?.())).toBeUndefined();

  // What is killed later comes back from the new place.
  const gate = await stage.pid("gate");
  process.kill(gate, "SIGKILL");
  await until(async () => ![0, gate].includes(await stage.pid("gate")));
  expect(await gateInCommand("1.0.0", "1.1.0")).toBe("1.1.0");
  before.child.kill("SIGTERM");
  await once(before.child, "exit");
  expect(await stage.living()).toEqual([]);
});

test("an updater that dies is put back, and that is said", async () => {
  await writePrograms(stage.paths, { version: "1.1.0", updater: "dies" });
  const before = await started();
  await wish();
  const { state, problem } = await ended();
  expect(state).toBe("failed");
  expect(problem).toMatchObject({ code: "handover-failed" });
  expect(problem?.happened).toContain("the update service: it ended soon after it was started");
  await until(async () => ![0, before.updater].includes(await stage.pid("updater")));
  expect(await stage.pid("gate")).toBe(before.gate);
  expect(await readlink(stage.paths.program)).toBe("releases/1.0.0");
  expect(await stage.living()).toHaveLength(4);
});

test("a gate that does not stay up leaves the old one where it was, with its socket, and the old updater too", async () => {
  await writePrograms(stage.paths, { version: "1.1.0", gate: "dies" });
  const before = await started();
  await wish();
  const { state, problem } = await ended();
  expect(state).toBe("failed");
  expect(problem?.happened).toContain("the gate: it ended soon after it was started");
  expect(await stage.living()).toContain(before.gate);
  expect(await gateInCommand("1.0.0", "1.1.0")).toBe("1.0.0");
  expect(await ask(stage.config.gate.port)).toMatchObject({ status: 200 });
  expect(await readlink(stage.paths.program)).toBe("releases/1.0.0");
});

test("a gate that is the same program is not replaced, but started from its new place when it has to be", async () => {
  await writePrograms(stage.paths, { version: "1.1.0", edition: "1.0.0" });
  const { gate } = await started();
  await wish();
  expect(await ended()).toMatchObject({ state: "done" });
  expect(await stage.pid("gate")).toBe(gate);
  await writePrograms(stage.paths, { version: "1.1.0", edition: "told apart" });
  process.kill(gate, "SIGKILL");
  await until(async () => ![0, gate].includes(await stage.pid("gate")));
  expect(await gateInCommand("1.0.0", "1.1.0")).toBe("1.1.0");
});

test("a release that is not there, or not whole, changes nothing", async () => {
  const before = await started();
  await wish({ version: "1.2.0" });
  const { state, problem } = await ended();
  expect(state).toBe("failed");
  expect(problem?.happened).toContain("the release is not on this computer");
  expect([await stage.pid("gate"), await stage.pid("updater")]).toEqual([before.gate, before.updater]);
});

test.each(["updater", "gate"] as const)(
  "a launcher that is killed when the new %s runs: the next one begins anew, and ends",
  async (name) => {
    await writePrograms(stage.paths, { version: "1.1.0" });
    const before = await started();
    await wish();
    await until(async () => ![0, before[name]].includes(await stage.pid(name)));
    const gone = once(before.child, "exit");
    before.child.kill("SIGKILL");
    await gone;
    expect(await readHandover(stage.paths)).toMatchObject({ state: "wanted" });
    const next = stage.start();
    expect(await next.line).toMatchObject({ ready: true });
    expect(await ended()).toMatchObject({ state: "done", tries: 2 });
    expect(await gateInCommand("1.0.0", "1.1.0")).toBe("1.1.0");
    expect(await stage.living()).toHaveLength(4);
  },
);

test("a launcher that is killed when all but the writing is done: the next one writes", async () => {
  await writePrograms(stage.paths, { version: "1.1.0" });
  await pointProgram(stage.paths, "1.1.0");
  await wish();
  await started();
  expect(await ended()).toMatchObject({ state: "done", tries: 1 });
});

test("three launchers that died of it are enough", async () => {
  await wish({ tries: 3 });
  await started();
  const { state, problem } = await ended();
  expect(state).toBe("failed");
  expect(problem?.happened).toContain("ended in the midst of it");
});
