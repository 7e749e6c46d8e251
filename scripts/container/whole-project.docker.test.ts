import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recreate } from "../../server/deployment/docker/handover.ts";
import { SOCKET, docker, restartEngine } from "../../server/deployment/docker/testing/engine.ts";
import { readHandover } from "../../server/deployment/handover.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { readEnv } from "../../server/platform/env.ts";
import { readRecords } from "../../server/updates/records.ts";
import type { Stage } from "../demo-farm/stage.ts";
import { openDockerStage } from "../demo-farm/docker-stage.ts";
import { FIRST, GOOD } from "../demo-farm/publish.ts";
import { longestAway } from "./testing/away.ts";
import type { OtherHost } from "./testing/other-host.ts";
import { openOtherHost } from "./testing/other-host.ts";

/**
 * The whole project as an operator has it, of the repository's compose.yaml and images of this app, on a real engine: what people do to it from outside, and
 * what a part of it that was taken over can do from inside.
 */

let folder: string;
let stage: Stage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-project-"));
  await chmod(folder, 0o755);
  const say = () => undefined;
  stage = await openDockerStage({ folder, seeded: true, published: [GOOD], versions: [FIRST, GOOD], say, temporary: true });
});
afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
});

const project = () => join(folder, "project");
const containerOf = (service: string) => `${name()}-${service}-1`;
const name = () => `filaops-demo-${new URL(stage.url).port}`;

/** `docker compose`, as an operator types it. */
function byHand(...args: string[]): Promise<string> {
  return docker(["compose", ...args], { cwd: project(), env: { PWD: project() } });
}

/** What runs for good: each container that is up, with when it was started. What ends by itself is no part of it, and may do so while one looks. */
async function whatRuns(): Promise<string[]> {
  const filters = [`label=com.docker.compose.project=${name()}`, "label=com.docker.compose.oneoff=False"];
  const names = await docker(["ps", "--format", "{{.Names}}", ...filters.flatMap((filter) => ["--filter", filter])]);
  const lasting = names
    .trim()
    .split("\n")
    .filter((one) => !/-(?:init|handover)-1$/.test(one));
  return (await docker(["inspect", "--format", "{{.Name}} {{.Id}} {{.State.StartedAt}}", ...lasting]))
    .trim()
    .split("\n")
    .toSorted();
}

async function until<T>(look: () => Promise<T | null>, what: string): Promise<T> {
  const deadline = systemClock.monotonic() + 120_000;
  for (;;) {
    const found = await look().catch(() => null);
    if (found !== null) return found;
    if (systemClock.monotonic() > deadline) throw new Error(`${what} did not come`);
    await systemClock.sleep(100);
  }
}

/** The version that people get, once they get one. */
function served(): Promise<string> {
  return until(async () => {
    const answer = await fetch(`${stage.url}/api/health`);
    return answer.status === 200 ? ((await answer.json()) as { version: string }).version : null;
  }, "an answer");
}

async function rows(sql: string): Promise<string> {
  const client = new Client({ connectionString: await stage.ownerUrl() });
  await client.connect();
  try {
    return JSON.stringify((await client.query(sql)).rows);
  } finally {
    await client.end();
  }
}

const books = () =>
  rows(`SELECT (SELECT count(*) FROM customers) AS customers, (SELECT count(*) FROM items) AS items,
    (SELECT count(*) FROM orders) AS orders, (SELECT sum(line_total) FROM order_lines) AS total`);
const mayWrite = () => rows("SELECT pg_has_role('filaops_app', 'filaops_writer', 'MEMBER') AS so");

/** The end of the last run of this kind, in words of its journal. */
function ended(kind: "update" | "undo", before: number): Promise<string> {
  return until(async () => {
    const records = await readRecords(stage.paths);
    if (records.length <= before) return null;
    const { plan, journal } = records.at(-1)!;
    return plan.kind === kind ? (journal.find((entry) => entry.type === "finished")?.outcome ?? null) : null;
  }, `the end of the ${kind}`);
}

function reached(moment: string, before: number): Promise<true> {
  return until(async () => {
    const records = await readRecords(stage.paths);
    const journal = records.length > before ? records.at(-1)!.journal : [];
    return journal.some((entry) => "step" in entry && `${entry.type} ${entry.step}` === moment) ? true : null;
  }, moment);
}

/** Gate and updater have been replaced, and who did it is gone. */
function handedOver(): Promise<true> {
  return until(async () => {
    if ((await readHandover(stage.paths))?.state !== "done") return null;
    const state = await docker(["inspect", "--format", "{{.State.Running}}", containerOf("handover")]);
    return state.trim() === "false" ? true : null;
  }, "the handover");
}

test("docker compose up -d is the whole installation, and agrees with itself; the doctor finds nothing", async () => {
  expect(await served()).toBe(FIRST);
  const before = await whatRuns();
  await byHand("up", "--detach");
  expect(await whatRuns()).toEqual(before);
  await stage.filaops(["check"]);
  await stage.filaops(["doctor"]);
});

// A published port belongs to one container. How long that is, ARCHITECTURE.md and the guide say.
test("a gate that is replaced, under load, is away for a moment", async () => {
  const image = (await docker(["inspect", "--format", "{{.Config.Image}}", containerOf("gate")])).trim();
  const other = `${name()}-gate:other`;
  const context = join(folder, "other-gate");
  await mkdir(context);
  const lines = [`FROM ${image}`, "USER 0", 'RUN echo "// another" >> /opt/filaops/bin/gate.mjs', "USER 10001:10001"];
  await writeFile(join(context, "Dockerfile"), lines.join("\n"));
  await docker(["build", "--quiet", "--tag", other, context]);
  const own = { name: name(), folder: project(), socket: SOCKET };
  const away: number[] = [];
  for (const values of [{ FILAOPS_GATE_IMAGE: other }, {}]) {
    away.push(await longestAway(`${stage.url}/api/health`, () => recreate(own, { service: "gate", values })));
  }
  process.stdout.write(`  the gate was away for ${away.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(", then ")}\n`);
  await docker(["rmi", other]);
  expect(Math.max(...away)).toBeLessThan(5000);
});

// What an attacker who runs code as the app can reach: everything here is tried by a program inside of its container.
describe("an app that was taken over", () => {
  let found: Record<string, string>;
  let host: OtherHost;
  const inside = (service: string, program: string) => {
    const far = `FAR=${host.address}:${host.port}`;
    return docker(["exec", "--env", far, containerOf(service), "node", "--input-type=module", "--eval", program]);
  };
  beforeAll(async () => {
    host = await openOtherHost();
    const program = await readFile(join(import.meta.dirname, "testing", "captor.mjs"), "utf8");
    found = JSON.parse(await inside("web-blue", program)) as Record<string, string>;
  });
  afterAll(() => host.close());

  test("has no way to the internet, while the gate, which has one, reaches the same host", async () => {
    expect(found["internet"]).toBe("ETIMEDOUT");
    const program = 'process.stdout.write(await (await fetch("http://" + process.env.FAR)).text())';
    expect(await inside("gate", program)).toBe("far");
  });

  test.each([
    ["is not root, and has no capabilities", "identity", "uid 10001, no capabilities, no new privileges"],
    ["cannot reach Docker's socket", "docker socket", "ENOENT"],
    ["cannot reach Docker's API over the network", "docker tcp", "refused or no way"],
    ["cannot read the owner's password", "owner password", "ENOENT"],
    ["cannot read the superuser's password", "superuser password", "ENOENT"],
    ["cannot read the operator's token", "operator token", "ENOENT"],
    ["cannot see the backups", "backups", "ENOENT"],
    ["cannot see the journals", "journals", "ENOENT"],
    ["cannot change what it shows people of updates", "shared", "EROFS"],
    ["can change what people uploaded, which is why a backup holds copies", "files", "written"],
    ["can write what people export", "exports", "written"],
    ["can write what people bring in", "imports", "written"],
    ["cannot change its own program", "own program", "EROFS"],
    ["does not get into the database as its owner with its own password", "as owner", "28P01"],
    ["cannot become the owner in the database", "become owner", "42501"],
    ["cannot change the tables", "alter table", "42501"],
    ["cannot make a database", "create database", "42501"],
    ["cannot run a program by way of the database", "copy program", "42501"],
    ["has the updater install no version that was not published and signed", "unknown version", "release-unknown"],
    ["has the updater take no path for a version", "path for a version", "BAD_REQUEST"],
    ["has the updater run no plan that it did not make", "unknown plan", "not-found"],
    ["has the updater do nothing that is the operator's", "operator's act", "FORBIDDEN"],
    ["cannot speak to the updater for nobody", "operator itself", "caller-unknown"],
    ["cannot command the gate", "gate", "ENOENT"],
  ])("%s", (_what, attempt, outcome) => {
    expect(found[attempt]).toBe(outcome);
  });
});

type Fault = [what: string, moment: string, act: () => Promise<unknown>];

/** What costs a third of a minute and is much like another: only with `npm run bench:containers`. */
function rare(fault: Fault): Fault[] {
  return readEnv("FILAOPS_EVERY_FAULT") === "1" ? [fault] : [];
}

describe("an update", () => {
  const pidOf = async (service: string) => Number(await docker(["inspect", "--format", "{{.State.Pid}}", containerOf(service)]));
  const kill = async (service: string, signal: NodeJS.Signals = "SIGKILL") => process.kill(await pidOf(service), signal);
  const killRunner = async () => {
    const found = await docker(["ps", "--quiet", "--filter", `name=${name()}-run-`]);
    await docker(["kill", found.trim()]);
  };

  /** `docker image prune -a`, of the version before. */
  const ofFirst = ["--filter", `label=org.opencontainers.image.version=${FIRST}`];
  const prune = () => docker(["image", "prune", "--all", "--force", ...ofFirst]);

  async function endsWhole(_what: string, moment: string, act: () => Promise<unknown>): Promise<void> {
    const before = { books: await books(), runs: (await readRecords(stage.paths)).length, version: await served() };
    // Its window may be closed by what happens now: the journal says how it ends.
    stage.filaops(["update", GOOD, "--yes", "--json"]).catch(() => undefined);
    await reached(moment, before.runs);
    await act();
    const outcome = await ended("update", before.runs);
    process.stdout.write(`  ${moment}: ${outcome}\n`);
    expect(["complete", "rolled_back"]).toContain(outcome);
    expect(await served()).toBe(outcome === "complete" ? GOOD : before.version);
    expect(await books()).toBe(before.books);
    await until(async () => ((await mayWrite()) === '[{"so":true}]' ? true : null), "the fence to open");
    if (outcome === "complete") await handedOver();
    const runs = await until(whatRuns, "an answer of Docker");
    await byHand("up", "--detach");
    expect(await whatRuns()).toEqual(runs);
    if (outcome !== "complete") return;
    await prune();
    await stage.filaops(["undo", "--yes", "--json"]);
    expect(await served()).toBe(FIRST);
    expect(await books()).toBe(before.books);
    const undone = await whatRuns();
    await byHand("up", "--detach");
    expect(await whatRuns()).toEqual(undone);
  }

  test.each<Fault>([
    ["whose runner is killed, while the database is copied", "started copy", killRunner],
    ...rare(["whose runner is killed, while the release is watched", "started observe", killRunner]),
    ["while PostgreSQL crashes, as the databases change places", "started switch", () => kill("db", "SIGQUIT")],
    ["while updater and gate are killed", "started verify", () => Promise.all([kill("updater"), kill("gate")])],
  ])("%s, ends whole by itself, and docker compose up -d agrees with it", endsWhole);

  // From here on nobody of the project but the proxy has Docker's own socket.
  test("goes through the socket proxy, once somebody switched it on as the guide says", async () => {
    const path = join(project(), ".env");
    const text = (await readFile(path, "utf8")).replace(/^COMPOSE_PROFILES=.*$/m, "$&,socket-proxy");
    await writeFile(path, `${text}FILAOPS_UPDATER_SOCKET=/dev/null\n`);
    await byHand("up", "--detach");
    const mounts = await docker(["inspect", "--format", "{{json .Mounts}}", containerOf("updater")]);
    expect(mounts).toContain('"Source":"/dev/null","Destination":"/var/run/docker.sock"');
    await until(() => stage.filaops(["doctor"]).then(() => true), "a doctor that finds nothing");
  });

  test.each<Fault>([
    ["while somebody types docker compose up -d, as it is watched", "started observe", () => byHand("up", "--detach")],
    ...rare(["while somebody types docker compose restart", "started verify", () => byHand("restart", "--timeout", "5")]),
    ...rare(["while Docker is restarted, in the migrations", "started migrate", restartEngine]),
    ["while Docker is restarted, as the databases change places", "started switch", restartEngine],
  ])("%s behind it, ends whole by itself, and docker compose up -d agrees with it", endsWhole);
});
