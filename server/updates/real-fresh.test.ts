import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StepName } from "./contract.ts";
import { readInstallation } from "./installation.ts";
import { readRecord } from "./records.ts";
import { factsOf } from "./rules/status.ts";
import type { RealStage } from "./testing/real-stage.ts";
import { openRealStage, OPERATOR } from "./testing/real-stage.ts";
import { dropPutAside, ended, killRunner, reached, tell } from "./testing/run-control.ts";
import { BREAKING, FIRST, NO_PLACE } from "./testing/tiny-releases.ts";
import { whatIsWrong } from "./testing/wholeness.ts";

/** Fresh starts of a whole installation, while somebody saves all the time. Nobody starts anything again by hand. */

const TIMEOUT_MS = 120_000;
const OWNER = { kind: "user", userId: "1" } as const;
const ADMIN = { kind: "user", userId: "2" } as const;
const PASSWORD = "layers of sponge";

let stage: RealStage;
beforeAll(async () => {
  stage = await openRealStage();
  await stage.as(OPERATOR).resetPassword.mutate({ email: "one@farm.example", password: PASSWORD });
  await stage.writer.next(20_000);
}, TIMEOUT_MS);
afterAll(() => stage.close());

const freshly = (over: { version?: string; farmName?: string; password?: string } = {}) =>
  stage.as(OWNER).startFresh.mutate({
    version: BREAKING,
    farmName: "layer cake ",
    password: PASSWORD,
    idempotencyKey: randomUUID(),
    ...over,
  });

async function expectWhole(run: string, outcome = "complete"): Promise<void> {
  expect(await ended(stage, run)).toBe(outcome);
  expect(await whatIsWrong(stage, run)).toEqual([]);
  await stage.writer.next(20_000);
}

/** The runner is killed when it begins that step; nobody starts it again by hand. */
async function killedAt(run: string, step: StepName): Promise<void> {
  expect(await reached(stage, run, { type: "started", step })).toBe(true);
  const pid = await killRunner(stage);
  tell(`fresh start, killed ${pid || "too late"} at "started ${step}"`);
}

async function rows(database: string, sql: string): Promise<unknown[]> {
  return stage.asOwner(database, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
}

const factsOfRun = async (run: string) => factsOf((await readRecord(stage.paths, run))?.journal ?? []);

test("wants the farm's name and the password; an admin may not", async () => {
  await expect(freshly({ farmName: "another cake" })).rejects.toMatchObject({ code: "farm-name-wrong" });
  await expect(freshly({ password: "guessed" })).rejects.toMatchObject({ code: "password-wrong" });
  await expect(stage.as(ADMIN).planFresh.mutate({ version: BREAKING })).rejects.toMatchObject({ code: "role-needed" });
  const plan = await stage.as(OWNER).planFresh.mutate({ version: BREAKING });
  const begun = stage.as(OWNER).start.mutate({ plan: plan.id, password: PASSWORD, idempotencyKey: randomUUID() });
  await expect(begun).rejects.toMatchObject({ code: "not-found" });
  expect(plan.fresh?.books.tables.find(({ table }) => table === "saves")?.rows).toBeGreaterThan(0);
});

test(
  "a version that cannot take over the data begins with an empty database; the owner is there, the data is kept, and undo brings it back",
  { timeout: TIMEOUT_MS },
  async () => {
    const [ownerBefore] = await rows("filaops", "SELECT id, email, name, role, password_hash FROM users WHERE id = 1");
    const epoch = await stage.world.sessionEpoch.read();
    const { run } = await freshly();
    await killedAt(run, "carry-over");
    await expectWhole(run);
    const after = await readInstallation(stage.world);
    expect(after).toMatchObject({ version: BREAKING, failedVersions: [] });
    expect(await stage.world.sessionEpoch.read()).toBe(epoch + 1);
    expect(await rows("filaops", "SELECT id, email, name, role, password_hash FROM users")).toEqual([ownerBefore]);
    expect(await rows("filaops", "SELECT key, value FROM settings ORDER BY key")).toEqual([
      { key: "farmName", value: "Layer Cake" },
      { key: "theme", value: "dark" },
    ]);
    await expect(stage.as(ADMIN).overview.query()).rejects.toMatchObject({ code: "caller-unknown" });

    const { dataHashBefore } = await factsOfRun(run);
    const kept = after.stack.at(-1)!.kept;
    expect(await stage.world.databases.dataHash(kept.name)).toBe(dataHashBefore);
    const plan = await stage.as(OWNER).planUndo.mutate({ run });
    const lost = plan.undoes?.lost.tables.find(({ table }) => table === "saves");
    expect(lost).toMatchObject({ changed: 0, removed: 0 });
    expect(lost?.added).toBeGreaterThan(0);
    const undo = await stage.as(OWNER).undo.mutate({ run, plan: plan.id, password: PASSWORD, idempotencyKey: randomUUID() });
    await expectWhole(undo.run);
    const back = await readInstallation(stage.world);
    expect(back).toMatchObject({ version: FIRST, database: { oid: kept.oid } });
    expect(await stage.world.sessionEpoch.read()).toBe(epoch + 2);
    await dropPutAside(stage);
  },
);

test(
  "accounts that the new version does not take are found out in time, also when the runner was killed before",
  { timeout: TIMEOUT_MS },
  async () => {
    const { run } = await freshly({ version: NO_PLACE });
    await killedAt(run, "lay-empty");
    await expectWhole(run, "rolled_back");
    const { problem } = await stage.as(OPERATOR).status.query({ run });
    expect(problem).toMatchObject({ code: "carry-over-impossible", happened: expect.stringContaining("phone") as string });
    expect(JSON.stringify(problem)).not.toContain("$argon2");
    expect(await rows("filaops", "SELECT email FROM users ORDER BY id")).toHaveLength(2);
  },
);
