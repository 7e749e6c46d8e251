import { hash } from "@node-rs/argon2";
import { cp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { systemClock } from "../server/platform/clock.ts";
import { newUlid } from "../server/platform/ids.ts";
import { lockHolder } from "../server/platform/lock.ts";
import type { HomeStage, Ran } from "../server/updater/testing/home-stage.ts";
import { allWell, DEAD, setHomeStage } from "../server/updater/testing/home-stage.ts";
import { quietGate } from "../server/updater/testing/quiet-gate.ts";
import { createJournal, openJournal } from "../server/updates/journal.ts";
import { readRecords } from "../server/updates/records.ts";
import { readStatus } from "../server/updates/status-file.ts";

let stage: HomeStage;
let updater: ReturnType<HomeStage["start"]>;

beforeAll(async () => {
  stage = await setHomeStage();
  stage.start("gate");
  updater = stage.start("updater");
  await allWell(stage);
});
afterAll(() => stage.close());

const json = ({ stdout }: Ran) => JSON.parse(stdout) as Record<string, unknown>;

describe("wrong usage is exit code 2", () => {
  test("for an unknown command or flag, a version or run that is none, and when there is nobody to ask", async () => {
    const wrong = [
      ["frobnicate"],
      ["status", "--frobnicate"],
      ["plan", "1.1.0; rm -rf /"],
      ["log", "../../etc/passwd"],
      ["update"],
    ];
    const ran = await Promise.all(wrong.map((args) => stage.filaops(args)));
    expect(ran.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  });

  test("asking for help is not wrong", async () => {
    const { code, stdout } = await stage.filaops(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Exit codes: 0 all is well");
  });
});

test("adopt has nothing to look at where FilaOps runs without Docker", async () => {
  expect(await stage.filaops(["adopt"])).toMatchObject({
    code: 0,
    stdout: "FilaOps runs without Docker here: there is nothing to adopt.\n",
  });
  expect(json(await stage.filaops(["adopt", "--json"]))).toEqual({ misfits: [] });
});

test("a folder without FilaOps is a problem in words, and as JSON", async () => {
  const args = ["status", "--home", "/nonexistent"];
  expect(await stage.filaops(args)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("/nonexistent/config.json") as string,
  });
  expect(json(await stage.filaops([...args, "--json"]))).toMatchObject({ problem: { code: "config-invalid" } });
});

test("the socket and the secrets are for the owner and group only", async () => {
  expect((await stat(stage.paths.updaterSocket)).mode & 0o777).toBe(0o660);
});

test("a second updater for the same folder ends at once", async () => {
  const second = stage.start("updater");
  await new Promise((resolve) => second.once("exit", resolve));
  expect(second.exitCode).toBe(75);
  expect((await stage.filaops(["check", "--json"])).code).toBe(0);
});

describe("an update and its way back", () => {
  test("check says what is offered, plan what would be done", async () => {
    expect(await stage.filaops(["check"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Version 1.1.0 is available") as string,
    });
    const planned = await stage.filaops(["plan"]);
    expect(planned.stdout).toContain("Update from 1.0.0 to 1.1.0.");
    expect(planned.code).toBe(0);
    expect(await stage.filaops(["plan", "9.9.9"])).toMatchObject({ code: 1, stdout: expect.stringContaining("9.9.9") as string });
  });

  test("update follows the run and tells its steps", async () => {
    const { code, stdout } = await stage.filaops(["update", "--yes"]);
    expect(stdout).toContain("Backing up your data");
    expect(stdout).toContain("Complete.");
    expect(code).toBe(0);
    const status = await stage.filaops(["status", "--json"]);
    expect(json(status)).toMatchObject({ installed: { version: "1.1.0" }, run: { outcome: "complete" }, needsAttention: null });
    const rows = () => stage.db.query("app", "SELECT to_version, outcome FROM system_updates");
    await expect.poll(rows, { timeout: 10_000 }).toEqual([{ to_version: "1.1.0", outcome: "complete" }]);
  });

  test("undo goes back, and then there is nothing more to undo", async () => {
    const undone = await stage.filaops(["undo", "--yes", "--json"]);
    expect(json(undone)).toMatchObject({ kind: "undo", to: "1.0.0", outcome: "complete" });
    expect(undone.code).toBe(0);
    expect(await stage.filaops(["undo", "--yes", "--json"])).toMatchObject({ code: 1 });
  });

  test("log tells it again", async () => {
    expect((await stage.filaops(["log"])).stdout).toContain("Undo from 1.1.0 to 1.0.0, started by the command line.");
  });
});

describe("an update that begins by itself", () => {
  const HOUR = 3_600_000;
  const at = (hours: number) => new Date(systemClock.now().getTime() + hours * HOUR).toISOString();

  /** Switched on, with a window around now, and this version announced then. */
  async function announce(version: string, announcedAt: string): Promise<void> {
    const [from, to] = [at(-1).slice(11, 16), at(2).slice(11, 16)];
    const settings = { v: 1, enabled: true, from, to, timeZone: "UTC", minAgeDays: 3, quietMinutes: 5 };
    await writeFile(stage.paths.automaticSettings, JSON.stringify(settings));
    const announcement = { v: 1, version, announcedAt, notBefore: null, tried: null };
    await writeFile(stage.paths.announcement, JSON.stringify(announcement));
  }

  test("is told, and can be put off", async () => {
    expect((await stage.filaops(["not-tonight"])).stdout).toBe("Nothing is announced for any night.\n");
    stage.feed.publish(DEAD);
    await stage.filaops(["check"]);
    await announce(DEAD, at(0));
    const told = (await stage.filaops(["status"])).stdout;
    expect(told).toContain(`Version ${DEAD} will be installed by itself `);
    const [, off] = /^Not tonight\. (.*)\n$/.exec((await stage.filaops(["not-tonight"])).stdout) ?? [];
    expect(off).toContain(`Version ${DEAD} will be installed by itself `);
    expect(told).not.toContain(off);
  });

  test("begins in its window, goes back by itself when it is no good, and does not begin again", async () => {
    const gate = await quietGate(stage.paths);
    await announce(DEAD, at(-72));
    // Its successor looks at once.
    updater.kill("SIGKILL");
    updater = stage.start("updater");
    const ended = async () => {
      const last = (await readRecords(stage.paths)).at(-1);
      expect(last?.plan).toMatchObject({ kind: "update", to: DEAD, createdBy: { kind: "system" } });
      expect(last?.journal.at(-1)).toMatchObject({ type: "finished", outcome: "rolled_back" });
    };
    await vi.waitFor(ended, { timeout: 45_000, interval: 200 });
    await gate.close();
    await allWell(stage);
    expect(json(await stage.filaops(["status", "--json"]))).toMatchObject({
      run: { startedBy: { kind: "system" }, outcome: "rolled_back" },
      automatic: { decision: { kind: "nothing", why: { code: "tried", version: DEAD } } },
    });
    stage.feed.withdraw(DEAD);
    await rm(stage.paths.automaticSettings);
    await stage.filaops(["check"]);
  });
});

test("runner and updater killed in the middle of an update: their successors end it, and whoever follows it sees the end", async () => {
  const following = stage.filaops(["update", "--yes", "--json"]);
  const runner = await vi.waitUntil(() => lockHolder(stage.paths.runLock), { timeout: 30_000, interval: 20 });
  // By then the command line has its answer and follows: killed before that, the updater could not have given one.
  const begun = async () =>
    (await readStatus(stage.paths))?.steps.some(({ name, state }) => name === "backup" && state !== "todo") === true;
  await vi.waitUntil(begun, { timeout: 30_000, interval: 20 });
  updater.kill("SIGKILL");
  process.kill(runner, "SIGKILL");
  updater = stage.start("updater");
  const { outcome } = json(await following);
  expect(["complete", "rolled_back", "failed"]).toContain(outcome);
  const version = outcome === "complete" ? "1.1.0" : "1.0.0";
  expect(json(await stage.filaops(["status", "--json"]))).toMatchObject({ installed: { version }, needsAttention: null });
  await allWell(stage);
});

test("a run that stopped half-way is exit code 3 and blocks the next one, until a person settles it", async () => {
  const before = (await readRecords(stage.paths)).at(-1)!;
  const run = newUlid(systemClock);
  const at = systemClock.now().toISOString();
  await cp(stage.paths.update(before.run), stage.paths.update(run), { recursive: true });
  await rm(stage.paths.journal(run));
  await createJournal(stage.paths.journal(run), { ...before.journal[0]!, at });
  const journal = await openJournal(stage.paths.journal(run), () => Promise.resolve());
  const problem = { code: "unexpected", happened: "The disk fell out.", meaning: "We do not know.", todo: "Look at it." };
  await journal.append({ type: "finished", outcome: "needs_attention", problem, at });
  await journal.close();

  const status = await stage.filaops(["status", "--json"]);
  expect(status.code).toBe(3);
  expect(json(status)).toMatchObject({ needsAttention: run });
  const { version } = json(status)["installed"] as { version: string };
  expect((await stage.filaops(["status"])).stdout).toContain("needs a person. The disk fell out.");
  const doctor = await stage.filaops(["doctor"]);
  expect(doctor).toMatchObject({ code: 3, stdout: expect.stringContaining(`filaops log ${run}`) as string });
  const next = await stage.filaops([version === "1.1.0" ? "undo" : "update", "--yes"]);
  expect(next).toMatchObject({
    code: 3,
    stdout: expect.stringContaining("needs a person before another one may begin") as string,
  });
  expect(await stage.filaops(["settle"])).toMatchObject({ code: 0 });
  expect((await stage.filaops(["status"])).code).toBe(0);
  await allWell(stage);
});

test("a damaged journal needs a person too: the doctor names the file, and the rest can still be looked at", async () => {
  const { run } = (await readRecords(stage.paths)).at(-1)!;
  const journal = stage.paths.journal(run);
  const whole = await readFile(journal, "utf8");
  await writeFile(journal, whole.replace('"type":"planned"', '"type":"planneD"'));
  expect(await stage.filaops(["status"])).toMatchObject({ code: 3, stdout: expect.stringContaining("is installed") as string });
  expect((await stage.filaops(["log", run])).stdout).toContain("Not all of this can be read.");
  expect(await stage.filaops(["doctor"])).toMatchObject({ code: 1, stdout: expect.stringContaining(journal) as string });
  expect(await stage.filaops(["settle"])).toMatchObject({ code: 1, stdout: expect.stringContaining(journal) as string });
  await writeFile(journal, whole);
  await allWell(stage);
});

test("reset-password sets the one from standard input, or makes one and shows it once", async () => {
  await stage.db.query(
    "owner",
    `INSERT INTO users (email, name, role, password_hash) VALUES ('ann@farm.example', 'Ann', 'owner', '${await hash("x")}')`,
  );
  const given = await stage.filaops(["reset-password", "Ann@farm.example", "--stdin"], "a password that Ann chose\n");
  expect(given).toMatchObject({ code: 0, stdout: expect.not.stringContaining("a password that Ann chose") as string });
  const made = await stage.filaops(["reset-password", "ann@farm.example", "--json"]);
  expect(json(made)).toMatchObject({
    email: "ann@farm.example",
    password: expect.stringMatching(/^(\w{5}-){4}\w{5}$/) as string,
  });
  expect((await stage.filaops(["reset-password", "nobody@farm.example"])).code).toBe(1);
});

describe("while the updater is down", () => {
  beforeAll(async () => {
    updater.kill("SIGKILL");
    await new Promise((resolve) => updater.once("exit", resolve));
  });

  test("status and log read the disk", async () => {
    expect(await stage.filaops(["status"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^FilaOps 1\.[01]\.0 is installed/) as string,
    });
    expect((await stage.filaops(["log"])).code).toBe(0);
  });

  test("doctor says that it is, and what to do; the rest is well", async () => {
    const { items } = json(await stage.filaops(["doctor", "--json"])) as { items: { check: string; ok: boolean }[] };
    expect(items.filter(({ ok }) => !ok)).toMatchObject([{ check: "update service", problem: { code: "service-unreachable" } }]);
    expect((await stage.filaops(["doctor"])).code).toBe(1);
  });

  test("what changes something says that nothing was changed", async () => {
    expect(await stage.filaops(["update", "--yes"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("Nothing was changed.") as string,
    });
  });

  test("its successor takes its place, over the socket that it left behind", async () => {
    updater = stage.start("updater");
    await allWell(stage);
  });
});

test("while the database is down, status, log and doctor answer", async () => {
  const { postgres, ...rest } = JSON.parse(await readFile(stage.paths.config, "utf8")) as {
    postgres: object;
  };
  await writeFile(stage.paths.config, JSON.stringify({ ...rest, postgres: { ...postgres, port: 1 } }));
  expect((await stage.filaops(["status"])).code).toBe(0);
  const { items } = json(await stage.filaops(["doctor", "--json"])) as { items: { check: string; ok: boolean }[] };
  expect(items.filter(({ ok }) => !ok)).toMatchObject([{ check: "database", problem: { code: "service-unreachable" } }]);
  await writeFile(stage.paths.config, JSON.stringify({ ...rest, postgres }));
});

test("a token that is not the operator's opens nothing", async () => {
  await rm(stage.paths.operatorToken);
  await writeFile(stage.paths.operatorToken, "another token");
  expect(json(await stage.filaops(["check", "--json"]))).toMatchObject({ problem: { code: "caller-unknown" } });
});
