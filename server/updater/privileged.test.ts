import { beforeEach, expect, test } from "vitest";
import type { Actor } from "../platform/contract.ts";
import { testRelease } from "../updates/testing/plans.ts";
import type { UpdaterContext } from "./init.ts";
import { start, update } from "./privileged.ts";
import { fakeOperations, PLAN, planOf, RUN } from "./testing/fake-operations.ts";

const KEY = "a-key-of-a-click";
const ADMIN: Actor = { kind: "user", id: "2", name: "Two", role: "admin" };

let operations: ReturnType<typeof fakeOperations>;
let ctx: UpdaterContext & { actor: Actor };

beforeEach(() => {
  operations = fakeOperations();
  // Neither users nor tickets are asked for an update.
  ctx = { operations, actor: ADMIN } as unknown as typeof ctx;
});

/** Every plan is of an update that breaks something, and does not carry the data over where this says so. */
function breaking(notMigratable: string[]): void {
  const releases = [{ version: "2.0.0", changes: [{ title: "Rush is a priority now", detail: "" }] }];
  const plan = { ...planOf("update"), breaking: { reasons: ["listed" as const], releases, notMigratable } };
  operations.plan = () => Promise.resolve(plan);
  operations.way = () => Promise.resolve({ path: [testRelease], passed: [testRelease] });
  operations.planUpdate = () => Promise.resolve(plan);
}

test.each([{}, { acceptBreaking: false }])("what breaks something is begun by nobody who says %j", async (said) => {
  breaking([]);
  await expect(start(ctx, { plan: PLAN, idempotencyKey: KEY, ...said })).rejects.toThrow("Rush is a priority now");
  await expect(update(ctx, { version: "2.0.0", idempotencyKey: KEY, ...said })).rejects.toMatchObject({
    code: "breaking-not-accepted",
  });
  expect(operations.calls).toEqual([]);
});

test("what breaks something is begun by who says that they know", async () => {
  breaking([]);
  const started = await start(ctx, { plan: PLAN, idempotencyKey: KEY, acceptBreaking: true });
  expect(started).toEqual({ run: RUN, joined: false });
});

test("what does not carry the data over is begun by nobody, whatever they say", async () => {
  breaking(["2.0.0"]);
  const wish = { idempotencyKey: KEY, acceptBreaking: true };
  await expect(start(ctx, { plan: PLAN, ...wish })).rejects.toMatchObject({ code: "data-not-carried-over" });
  await expect(update(ctx, { version: "2.0.0", ...wish })).rejects.toMatchObject({ code: "data-not-carried-over" });
  expect(operations.calls).toEqual([]);
});
