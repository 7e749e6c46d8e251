import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { systemClock } from "../../platform/clock.ts";
import { makeFolder, remove } from "../../platform/files.ts";
import { homePaths } from "../../platform/home.ts";
import { newUlid } from "../../platform/ids.ts";
import { silentLog } from "../../platform/log.ts";
import { readHandover, writeHandover } from "../handover.ts";
import type { Project } from "./compose.ts";
import { compose } from "./compose.ts";
import { createEngine } from "./engine.ts";
import type { Answers } from "./handover.ts";
import { performHandover } from "./handover.ts";
import { docker } from "./testing/engine.ts";

/** Gate and updater that only stay there: what they are is told by the name of their image, what they answer by each test. */
const COMPOSE = `
x-stays: &stays { command: [sleep, "600"], init: true, stop_grace_period: 1s }
services:
  init: { image: "\${FILAOPS_IMAGE}", command: ["true"] }
  updater: { <<: *stays, image: "\${FILAOPS_IMAGE}" }
  gate: { <<: *stays, image: "\${FILAOPS_GATE_IMAGE:-\${FILAOPS_IMAGE}}" }
`;
const [OLD, NEW] = ["filaops-handover-test:1.0.0", "filaops-handover-test:1.1.0"];

let project: Project;
let paths: ReturnType<typeof homePaths>;
const { socket, base } = inject("docker");
const engine = createEngine(socket);

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "filaops-handover-"));
  paths = homePaths(join(folder, "data"));
  await makeFolder(paths.run);
  project = { name: `filaops-test-${newUlid(systemClock).slice(-10).toLowerCase()}`, folder, socket };
  await writeFile(join(folder, "compose.yaml"), COMPOSE);
  await writeFile(join(folder, ".env"), `FILAOPS_IMAGE=${OLD}\n`);
  for (const name of [OLD, NEW]) await docker(["tag", base, name]);
  await compose(project, ["up", "--detach"]);
  await writeHandover(paths, { version: "1.1.0", state: "wanted", at: "2026-12-01T12:00:00.000Z", tries: 1, problem: null });
});
afterEach(async () => {
  await compose(project, ["down", "--timeout", "1"]);
  for (const name of [OLD, NEW]) await engine.untag(name);
  await remove(project.folder);
});

async function imageOf(service: string): Promise<string> {
  return (await engine.containers(project.name, service))[0]?.image ?? "";
}

const versionOf = async (service: string) => (await imageOf(service)).split(":")[1] ?? null;

async function handOver(answers: Partial<Answers> = {}): Promise<void> {
  await performHandover({
    ...{ paths, engine, project, clock: systemClock, log: silentLog, version: "1.1.0", gateProgram: "1.1.0" },
    patience: { comeUpMs: 3000, steadyMs: 300 },
    image: { reference: NEW, imageId: (await engine.image(NEW))?.id ?? "" },
    answers: {
      updaterVersion: () => versionOf("updater"),
      gateProgram: () => versionOf("gate"),
      isQuiet: () => Promise.resolve(true),
      ...answers,
    },
  });
}

const settings = () => readFile(join(project.folder, ".env"), "utf8");

test("both are replaced, it is written down last, and docker compose up -d changes nothing then", async () => {
  await handOver();
  expect([await imageOf("updater"), await imageOf("gate")]).toEqual([NEW, NEW]);
  expect(await settings()).toBe(`FILAOPS_IMAGE=${NEW}\nFILAOPS_GATE_IMAGE=${NEW}\n`);
  expect(await readHandover(paths)).toMatchObject({ state: "done", problem: null });
  const before = await engine.containers(project.name, "gate");
  await compose(project, ["up", "--detach"]);
  expect(await engine.containers(project.name, "gate")).toEqual(before);
});

test("a gate whose program is the same stays, with its image", async () => {
  await handOver({ gateProgram: () => Promise.resolve("1.1.0") });
  expect([await imageOf("updater"), await imageOf("gate")]).toEqual([NEW, OLD]);
  expect(await settings()).toBe(`FILAOPS_IMAGE=${NEW}\nFILAOPS_GATE_IMAGE=${OLD}\n`);
});

test.each<[what: string, answers: Partial<Answers>]>([
  ["an updater that does not answer", { updaterVersion: () => Promise.reject(new Error("no answer")) }],
  ["an updater that says another version", { updaterVersion: () => Promise.resolve("1.0.0") }],
  ["a gate that does not come up", { gateProgram: () => Promise.reject(new Error("no answer")) }],
])("%s: both are put back, and it is said", async (_what, answers) => {
  const asked = { ...answers };
  // The old gate answers, the new one does not.
  if (answers.gateProgram !== undefined) {
    asked.gateProgram = async () => ((await versionOf("gate")) === "1.0.0" ? "1.0.0" : Promise.reject(new Error("no answer")));
  }
  await handOver(asked);
  expect([await imageOf("updater"), await imageOf("gate")]).toEqual([OLD, OLD]);
  expect(await settings()).toBe(`FILAOPS_IMAGE=${OLD}\n`);
  expect(await readHandover(paths)).toMatchObject({ state: "failed", version: "1.1.0", problem: { code: "handover-failed" } });
});

test("one that was killed after the updater was replaced goes on from there", async () => {
  await compose(project, ["up", "--detach", "--no-deps", "updater"], { values: { FILAOPS_IMAGE: NEW } });
  const [before] = await engine.containers(project.name, "updater");
  await handOver();
  expect((await engine.containers(project.name, "updater"))[0]?.id).toBe(before?.id);
  expect(await readHandover(paths)).toMatchObject({ state: "done" });
});

test("nothing is done that nobody wished for", async () => {
  await writeHandover(paths, { version: "1.1.0", state: "failed", at: "2026-12-01T12:00:00.000Z", tries: 3, problem: null });
  await handOver();
  expect([await imageOf("updater"), await imageOf("gate")]).toEqual([OLD, OLD]);
});
